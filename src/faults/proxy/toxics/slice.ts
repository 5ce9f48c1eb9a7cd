import type { Random } from '../../../base/random.ts'
import type { Outlet, Stage } from '../stage.ts'
import type { ToxicMaker } from '../toxic.ts'
import { bothWays } from './both-ways.ts'
import { TimedQueue } from './timed-queue.ts'

/** Pieces of half to one and a half times `bytes`, `delayMs` apart. */
export const slice: ToxicMaker<'slice'> = ({ bytes, delayMs, direction }, random) => ({
  join: (_, out) => bothWays(direction, out, (one) => cutUp(one, bytes, delayMs, random)),
})

function cutUp(out: Outlet, bytes: number, delayMs: number, random: Random): Stage {
  const queue = new TimedQueue(out)
  let nextMs = 0
  const due = (): number => {
    const dueMs = Math.max(nextMs, performance.now())
    nextMs = dueMs + delayMs
    return dueMs
  }
  return {
    write(chunk) {
      for (let from = 0; from < chunk.length;) {
        const size = Math.max(1, Math.round(bytes * (0.5 + random.next())))
        queue.add(chunk.subarray(from, from + size), due())
        from += size
      }
    },
    end: () => queue.addEnd(nextMs),
    isFull: () => queue.isFull,
    leave: () => queue.flush(),
  }
}
