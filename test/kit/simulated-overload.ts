import { seededRandom } from '../../src/base/random.ts'
import type { WindowFigures } from '../../src/analysis/index.ts'
import { EventQueue } from './event-queue.ts'

/** What a target does with one arrival, on a virtual clock: when its answer goes out and what it says. Never answered: `done` is infinite. */
export interface SimulatedAnswer {
  readonly done: number
  readonly outcome: 'ok' | 'rejected' | 'error' | 'refused'
}

export interface OverloadableTarget {
  answer(arrival: number): SimulatedAnswer
  /** When its process ended; absent: it lives. */
  readonly diedAt?: () => number
}

export type OverloadedSystem = () => OverloadableTarget

export interface SimulatedLoad {
  readonly system: OverloadedSystem
  /** Poisson arrivals, one stage after the other without a pause. */
  readonly stages: readonly { readonly perSec: number; readonly sec: number }[]
  readonly limitSec: number
  /** The client gives up after this. */
  readonly timeoutSec: number
  /** How often a client that gave up asks again. */
  readonly retries?: number
  readonly seed: number
}

export interface SimulatedSecond {
  readonly figures: WindowFigures
  /** Requests that the client waits for at the end of the second. */
  readonly inFlight: number
}

interface Second {
  offered: number
  good: number
  rejected: number
  errors: number
  refused: number
  timeouts: number
  heard: number
  ended: number
  readonly accepted: number[]
  readonly rejects: number[]
}

/** The seconds of a load as the run record has them: offered by arrival, everything else when it came back or was given up. */
export function simulateLoad(load: SimulatedLoad): readonly SimulatedSecond[] {
  const { system, stages, limitSec, timeoutSec, seed } = load
  const target = system()
  const seconds: Second[] = []
  const at = (time: number): Second | undefined => seconds[Math.floor(time)]
  const length = stages.reduce((sum, { sec }) => sum + sec, 0)
  for (let i = 0; i < length; i++)
    seconds.push({
      ...{ offered: 0, good: 0, rejected: 0, errors: 0, refused: 0, timeouts: 0, heard: 0, ended: 0 },
      accepted: [],
      rejects: [],
    })
  const due = arrivals(stages, seed)
  for (let next = due.take(); next !== undefined; next = due.take()) {
    const { at: arrival, what: attempt } = next
    const offered = at(arrival)
    if (offered === undefined) continue
    offered.offered += 1
    const { done, outcome } = target.answer(arrival)
    const gaveUp = done - arrival > timeoutSec
    const end = at(gaveUp ? arrival + timeoutSec : done)
    if (gaveUp && attempt < (load.retries ?? 0)) due.add(arrival + timeoutSec, attempt + 1)
    if (end === undefined) continue
    end.ended += 1
    if (gaveUp) end.timeouts += 1
    else settle(end, outcome, { latencySec: done - arrival, limitSec })
  }
  return figuresOf(seconds, load, target.diedAt?.() ?? Number.POSITIVE_INFINITY)
}

function arrivals(stages: SimulatedLoad['stages'], seed: number): EventQueue<number> {
  const random = seededRandom(seed, 4711)
  const due = new EventQueue<number>()
  let begin = 0
  for (const { perSec, sec } of stages) {
    for (let t = begin; ;) {
      t += -Math.log(1 - random.next()) / perSec
      if (t >= begin + sec) break
      due.add(t, 0)
    }
    begin += sec
  }
  return due
}

function settle(
  end: Second,
  outcome: SimulatedAnswer['outcome'],
  { latencySec, limitSec }: { latencySec: number; limitSec: number },
): void {
  if (outcome === 'refused') {
    end.refused += 1
    return
  }
  end.heard += 1
  if (outcome === 'rejected') {
    end.rejected += 1
    end.rejects.push(latencySec)
  } else if (outcome === 'error') end.errors += 1
  else {
    end.accepted.push(latencySec)
    if (latencySec <= limitSec) end.good += 1
  }
}

function figuresOf(seconds: readonly Second[], { limitSec }: SimulatedLoad, diedAt: number): readonly SimulatedSecond[] {
  let heardAt = 0
  let inFlight = 0
  return seconds.map((one, sec): SimulatedSecond => {
    if (one.heard > 0) heardAt = sec + 1
    inFlight += one.offered - one.ended
    const { offered, good, heard, rejected, errors, refused, timeouts } = one
    return {
      inFlight,
      figures: {
        ...{ offered, good, completed: heard, rejected, applicationErrors: errors, timeouts },
        anyByte: sec + 1 - heardAt < 3 * limitSec,
        latencySec: quantile99(one.accepted),
        rejectP99Sec: quantile99(one.rejects),
        ...(refused === 0 ? {} : { connectionFailures: { refused } }),
        ...(diedAt >= sec && diedAt < sec + 1 ? { crashed: 'signal' as const } : {}),
      },
    }
  })
}

function quantile99(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(0.99 * values.length) - 1)] ?? null
}
