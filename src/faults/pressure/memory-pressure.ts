import { formatBytes } from '../../base/bytes.ts'
import type { PressureAction } from '../../model/pressure-spec.ts'
import type { Pressure } from './pressure.ts'
import { available, residentBytes } from './pressure.ts'
import { memoryRoom } from './room-left.ts'

const chunkBytes = 4 * 2 ** 20
const pageBytes = 4096
const stepMs = 20

/** Memory taken in steps along a ramp, each page written and kept in use. */
export function memoryPressure({ bytes, rampSec }: Extract<PressureAction, { kind: 'memory-pressure' }>): Pressure {
  return {
    processes: 1,
    probe() {
      const { left } = memoryRoom()
      if (left < chunkBytes) return { state: 'unavailable', reason: 'no memory can be taken without endangering this machine' }
      return bytes <= left
        ? available
        : { state: 'degraded', reason: `only ${formatBytes(left)} can be taken without endangering this machine` }
    },
    hold() {
      const chunks: Buffer[] = []
      const startMs = performance.now()
      const grow = (): void => {
        const due = rampSec === 0 ? bytes : bytes * Math.min(1, (performance.now() - startMs) / 1000 / rampSec)
        // A few steps at a time, so that the end of the run is heard in between.
        for (let i = 0; i < 8 && chunks.length * chunkBytes < due && memoryRoom().left >= chunkBytes; i++)
          chunks.push(Buffer.allocUnsafeSlow(chunkBytes).fill(1 + (chunks.length % 255)))
      }
      /** Pages that nobody uses would be the first to go to swap. */
      const touch = (): void => {
        for (const chunk of chunks) for (let at = 0; at < chunk.length; at += pageBytes) chunk[at] = ((chunk[at] ?? 0) + 1) % 256
      }
      setInterval(grow, stepMs)
      setInterval(touch, 1000)
      return () => void chunks.splice(0)
    },
    verify({ holders }) {
      const held = holders.reduce((sum, { pid, ownBytes }) => sum + Math.max(0, residentBytes(pid) - ownBytes), 0)
      const { left } = memoryRoom()
      const capped = held < 0.95 * bytes && left < chunkBytes ? ', and no more can be taken without endangering this machine' : ''
      const evidence = `process ${String(holders[0]?.pid)} holds ${formatBytes(held)} of ${formatBytes(bytes)} (VmRSS, without the runtime)${capped}`
      return Promise.resolve({ ok: held >= 0.95 * bytes, evidence })
    },
  }
}
