import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'

/** A wish that holds until `release`, and ends with this process in any case. */
export interface IdleCores {
  /** Whether the kernel took the wish: only Linux has it, and only root may write there unless a rule of udev says otherwise. */
  readonly awake: boolean
  release(): void
}

/** Power management quality of service of Linux: the latency to wake up, in µs, that whoever holds this file open can bear. */
const device = '/dev/cpu_dma_latency'
const driver = '/sys/devices/system/cpu/cpuidle/current_driver'

/**
 * Keeps idle cores from sleeping deeply. A core that sleeps comes late to what wakes it, an answer or a timer: in a virtual machine by
 * milliseconds (of an idle loop here the 99th percentile was 1 to 5 ms late, and 0.2 to 0.5 ms with this), which is not the target's.
 * What cyclictest does before it measures, and TuneD by `force_latency`.
 */
export function keepCoresAwake(): IdleCores {
  let file: number | undefined
  try {
    // Without the device the name must not become a file.
    if (existsSync(device)) {
      file = openSync(device, 'r+')
      writeSync(file, Int32Array.of(latencyUs()))
    }
  } catch {
    file = close(file)
  }
  return {
    awake: file !== undefined,
    release: () => {
      file = close(file)
    },
  }
}

function close(file: number | undefined): undefined {
  if (file !== undefined) closeSync(file)
}

/** Of a virtual machine only polling avoids the hypervisor; a real core may halt (C1, about 2 µs), which leaves its twin and its turbo alone. */
function latencyUs(): number {
  try {
    return readFileSync(driver, 'utf8').trim() === 'haltpoll' ? 0 : 2
  } catch {
    return 2
  }
}
