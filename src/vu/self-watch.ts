import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks'
import type { GeneratorWindow } from '../model/sample.ts'

export type SelfWindow = Pick<
  GeneratorWindow,
  'cpu' | 'runQueueWait' | 'loopBusy' | 'loopDelayP99Ms' | 'loopDelayMaxMs' | 'gcMaxMs' | 'heapBytes'
>

/** What this worker thread costs and suffers, a window at a time. */
export interface SelfWatch {
  /** `spunMs`: what the pump spun since the start, which is not work. */
  cut(nowMs: number, spunMs: number): SelfWindow
  stop(): void
}

/** The monitor measures the time between two firings of a timer with this resolution, which is what an idle loop shows. */
const resolutionMs = 10

export function watchSelf(startMs: number): SelfWatch {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  let gcMaxMs = 0
  const collections = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) gcMaxMs = Math.max(gcMaxMs, entry.duration)
  })
  collections.observe({ entryTypes: ['gc'] })
  let lastMs = startMs
  let lastSpunMs = 0
  let lastThread = readThreadTimes()
  let lastLoop = performance.eventLoopUtilization()

  return {
    cut: (nowMs, spunMs) => {
      const lengthMs = Math.max(0.001, nowMs - lastMs)
      const spun = spunMs - lastSpunMs
      const thread = readThreadTimes()
      const loop = performance.eventLoopUtilization()
      const window: SelfWindow = {
        cpu: thread && lastThread ? share(thread.cpuMs - lastThread.cpuMs - spun, lengthMs) : null,
        runQueueWait: thread && lastThread ? share(thread.waitMs - lastThread.waitMs, lengthMs) : null,
        loopBusy: share(loop.active - lastLoop.active - spun, lengthMs),
        loopDelayP99Ms: overResolution(delay.percentile(99)),
        loopDelayMaxMs: overResolution(delay.max),
        gcMaxMs,
        heapBytes: process.memoryUsage().heapUsed,
      }
      delay.reset()
      gcMaxMs = 0
      lastMs = nowMs
      lastSpunMs = spunMs
      lastThread = thread
      lastLoop = loop
      return window
    },
    stop: () => {
      delay.disable()
      collections.disconnect()
    },
  }
}

function share(partMs: number, wholeMs: number): number {
  return Math.min(1, Math.max(0, partMs / wholeMs))
}

/** Nanoseconds between two firings to milliseconds of delay. An empty histogram says 0. */
function overResolution(ns: number): number {
  const ms = ns / 1e6 - resolutionMs
  return ms > 0 && ms < 1e9 ? ms : 0
}

/** Time on a core and time waiting for one, of the calling thread (Linux: `schedstat`, nanoseconds); undefined where the kernel does not say. */
function readThreadTimes(): { readonly cpuMs: number; readonly waitMs: number } | undefined {
  try {
    const [cpu, wait] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ').map(Number)
    if (cpu === undefined || wait === undefined || !Number.isFinite(cpu) || !Number.isFinite(wait)) return undefined
    return { cpuMs: cpu / 1e6, waitMs: wait / 1e6 }
  } catch {
    return undefined
  }
}
