import type { OverloadableTarget, OverloadedSystem, SimulatedAnswer } from './simulated-overload.ts'

/** Work per second that every one of these does at most, and with that its capacity C; its service time S is 1 / C. */
export const rate = 100
const serviceSec = 1 / rate

interface QueueOptions {
  /** Places in the queue; what comes when they are taken is answered at once, or as `full` says. */
  readonly places: number
  readonly full?: (arrival: number) => SimulatedAnswer
  /** Part of a service that a refusal costs. */
  readonly refusalCost?: number
  /** Slower by this factor from the moment the queue was full until it is empty. */
  readonly hurt?: number
}

/** One server, first come first served, that does all work it has taken in, whoever still waits for it. */
function queue({ places, full, refusalCost = 0, hurt = 1 }: QueueOptions): OverloadedSystem {
  return (): OverloadableTarget => {
    let free = 0
    let isHurt = false
    return {
      answer(arrival) {
        if (free <= arrival) isHurt = false
        const each = isHurt ? serviceSec / hurt : serviceSec
        if (free - arrival > places * each) {
          isHurt = hurt < 1
          free += refusalCost * serviceSec
          return full?.(arrival) ?? { done: arrival, outcome: 'rejected' }
        }
        free = Math.max(free, arrival) + each
        return { done: free, outcome: 'ok' }
      },
    }
  }
}

/** Takes what it can do and says no to the rest at once. */
export const perfectShedder = queue({ places: 20 })
/** Keeps those whom it refuses waiting. */
export const slowRefuser = queue({ places: 20, full: (arrival) => ({ done: arrival + 0.8, outcome: 'rejected' }) })
/** A refusal costs this share of a service: R(x) = (1 − ρx) / (1 − ρ), nothing from x = 1/ρ. */
export const costlyShedder = (refusalCost: number): OverloadedSystem => queue({ places: 20, refusalCost })
/** Goodput stays C iff K <= C (T − S). */
export const boundedQueueOf = (places: number): OverloadedSystem => queue({ places })
/** Queues everything. */
export const endlessQueue = queue({ places: Number.POSITIVE_INFINITY })
/** Fails with 500 what it cannot do. */
export const failingService = queue({ places: 20, full: (arrival) => ({ done: arrival + 0.001, outcome: 'error' }) })
/** Its backlog of connections is full. */
export const refusingListener = queue({ places: 20, full: (arrival) => ({ done: arrival, outcome: 'refused' }) })
/** Full once, it works at this part of its speed until it has nothing to do. */
export const hurtQueue = (places: number, hurt: number): OverloadedSystem => queue({ places, hurt })

/** Stops to answer for ever (`hang`) or ends (`crash`) when more than this waits. */
export function breaksAt(waiting: number, how: 'hang' | 'crash'): OverloadedSystem {
  return () => {
    let free = 0
    let brokenAt = Number.POSITIVE_INFINITY
    return {
      answer(arrival) {
        if (free - arrival > waiting * serviceSec) brokenAt = Math.min(brokenAt, arrival)
        free = Math.max(free, arrival) + serviceSec
        if (arrival >= brokenAt && how === 'crash') return { done: arrival, outcome: 'refused' }
        return { done: arrival >= brokenAt ? Number.POSITIVE_INFINITY : free, outcome: 'ok' }
      },
      diedAt: () => (how === 'crash' ? brokenAt : Number.POSITIVE_INFINITY),
    }
  }
}
