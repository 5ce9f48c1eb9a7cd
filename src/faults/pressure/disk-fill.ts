import { closeSync, existsSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { formatBytes } from '../../base/bytes.ts'
import { messageOf } from '../../base/errors.ts'
import type { PressureAction } from '../../model/pressure-spec.ts'
import type { Availability } from '../fault.ts'
import type { Pressure } from './pressure.ts'
import { available } from './pressure.ts'
import { diskRoom } from './room-left.ts'

const chunkBytes = 2 ** 20
/** `stat` counts in blocks of 512 bytes. */
const blockBytes = 512

/** A file in a folder of its own, as large as asked for or until so little is left. */
export function diskFill({ dir, bytes, leaveFreeBytes }: Extract<PressureAction, { kind: 'disk-fill' }>): Pressure {
  return {
    processes: 1,
    dir,
    probe: () => roomIn(dir, ({ free, left }) => (bytes ?? free - (leaveFreeBytes ?? 0)) <= left),
    hold({ folder = dir }) {
      const path = join(folder, 'fill')
      const file = openSync(path, 'w', 0o600)
      const chunk = Buffer.alloc(chunkBytes, 0xa5)
      let written = 0
      const write = (): void => {
        const { free, left } = diskRoom(folder)
        const wanted = Math.min((bytes ?? Infinity) - written, free - (leaveFreeBytes ?? 0), left, chunkBytes)
        if (wanted < 1) {
          // Others may write or remove: it is looked at again.
          setTimeout(write, 200)
          return
        }
        try {
          written += writeSync(file, chunk, 0, Math.floor(wanted))
          setImmediate(write)
        } catch {
          // The disk is full, which is what was wanted.
          setTimeout(write, 200)
        }
      }
      write()
      return () => {
        closeSync(file)
        unlinkSync(path)
      }
    },
    verify({ folder = dir }) {
      const path = join(folder, 'fill')
      const size = existsSync(path) ? statSync(path).blocks * blockBytes : 0
      const { free, left } = diskRoom(folder)
      const ok = bytes === undefined ? free <= 1.05 * (leaveFreeBytes ?? 0) : size >= 0.95 * bytes
      const capped = !ok && left < chunkBytes ? ', and no more can be written without endangering this machine' : ''
      return Promise.resolve({
        ok,
        evidence: `${path} takes ${formatBytes(size)}, ${formatBytes(free)} are free (statfs)${capped}`,
      })
    },
  }
}

/** Whether there is a folder, and room in it. */
export function roomIn(dir: string, fits: (room: ReturnType<typeof diskRoom>) => boolean): Availability {
  try {
    const room = diskRoom(dir)
    if (fits(room)) return available
    return {
      state: 'degraded',
      reason: `only ${formatBytes(room.left)} can be written to ${dir} without endangering this machine`,
    }
  } catch (thrown) {
    return { state: 'unavailable', reason: messageOf(thrown) }
  }
}
