import type { Outlet, Stage } from '../stage.ts'
import type { ToxicMaker } from '../toxic.ts'
import { bothWays } from './both-ways.ts'
import { createDelays } from './delay.ts'
import { TimedQueue } from './timed-queue.ts'

/** What follows within this time belongs to the same message, and is as late as its beginning. */
const sameMessageMs = 1

/** Each message is late by a delay of its own; bytes never overtake each other. */
export const latency: ToxicMaker<'latency'> = (action, random) => {
  const draw = createDelays(action, random)
  if (!action.firstByte) return { join: (_, out) => bothWays(action.direction, out, (one) => late(one, draw)) }
  return {
    join(_, { up, down }) {
      let isAnswerDue = true
      return {
        up: {
          write(chunk) {
            isAnswerDue = true
            up.write(chunk)
          },
          end: () => up.end(),
        },
        down: late(down, () => {
          const delayMs = isAnswerDue ? draw() : 0
          isAnswerDue = false
          return delayMs
        }),
      }
    },
  }
}

function late(out: Outlet, draw: () => number): Stage {
  const queue = new TimedQueue(out)
  let delayMs = 0
  let lastMs = -Infinity
  const due = (): number => {
    const nowMs = performance.now()
    if (nowMs - lastMs > sameMessageMs) delayMs = draw()
    lastMs = nowMs
    return nowMs + delayMs
  }
  return {
    write: (chunk) => queue.add(chunk, due()),
    end: () => queue.addEnd(due()),
    isFull: () => queue.isFull,
    leave: () => queue.flush(),
  }
}
