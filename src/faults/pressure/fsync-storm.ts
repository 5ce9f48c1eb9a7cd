import { closeSync, fdatasyncSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PressureAction } from '../../model/pressure-spec.ts'
import { roomIn } from './disk-fill.ts'
import type { Holder, Pressure } from './pressure.ts'

const blockBytes = 4096
/** The file stays this small: it is written over and over. */
const blocks = 256
const lookMs = 1000

/** Small writes, each of them forced to the disk before the next. */
export function fsyncStorm({ dir, perSec }: Extract<PressureAction, { kind: 'fsync-storm' }>): Pressure {
  return {
    processes: 1,
    dir,
    probe: () => roomIn(dir, ({ left }) => left >= blocks * blockBytes),
    hold({ folder = dir }) {
      const path = join(folder, 'fsync')
      const file = openSync(path, 'w', 0o600)
      const block = Buffer.alloc(blockBytes, 0x5a)
      const startMs = performance.now()
      let done = 0
      const write = (): void => {
        writeSync(file, block, 0, blockBytes, (done % blocks) * blockBytes)
        fdatasyncSync(file)
        done += 1
        const restMs = perSec === undefined ? 0 : startMs + (done / perSec) * 1000 - performance.now()
        if (restMs > 1) setTimeout(write, restMs)
        else setImmediate(write)
      }
      write()
      return () => {
        closeSync(file)
        unlinkSync(path)
      }
    },
    async verify({ holders: [holder] }) {
      const before = writesOf(holder)
      const startMs = performance.now()
      await sleep(lookMs)
      const rate = ((writesOf(holder) - before) * 1000) / (performance.now() - startMs)
      const asked = perSec === undefined ? '' : ` of ${perSec} that were asked for`
      const evidence = `process ${String(holder?.pid)} forces ${Math.round(rate)} writes a second to the disk${asked} (/proc/PID/io)`
      return { ok: rate >= Math.max(1, 0.8 * (perSec ?? 0)), evidence }
    },
  }
}

/** Calls of `write` by a process (proc_pid_io(5)). */
function writesOf(holder: Holder | undefined): number {
  try {
    return Number(/^syscw: (\d+)/m.exec(readFileSync(`/proc/${String(holder?.pid)}/io`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
