import { seededRandom } from '../../src/base/random.ts'
import { EventQueue } from './event-queue.ts'

/** What becomes of one request on a virtual clock. */
export interface SimulatedRequest {
  /** Intended start. */
  readonly due: number
  readonly end: number
  /** `status`: answered, and badly; `refused`: not even that; `timeout`: the client gave up. */
  readonly outcome: 'ok' | 'status' | 'refused' | 'timeout'
}

/** A call of the target to what it depends on. */
export interface SimulatedCall {
  readonly at: number
  /** When it was answered; infinite when nobody waited for the answer. */
  readonly answeredAt: number
}

export interface SimulatedOutage {
  readonly requests: readonly SimulatedRequest[]
  readonly calls: readonly SimulatedCall[]
}

export interface OutageLoad {
  readonly seed: number
  readonly process: 'poisson' | 'uniform'
  /** One after the other without a pause. */
  readonly stages: readonly { readonly perSec: number; readonly sec: number }[]
  /** The fault is there from `atSec` for `forSec`. */
  readonly atSec: number
  readonly forSec: number
}

export type OutageSystem = (load: OutageLoad) => SimulatedOutage

/** The schedule of the load. */
export function duesOf({ seed, process, stages }: OutageLoad): readonly number[] {
  const random = seededRandom(seed, 611)
  const dues: number[] = []
  let begin = 0
  for (const { perSec, sec } of stages) {
    const gap = (): number => (process === 'poisson' ? -Math.log(1 - random.next()) : 1) / perSec
    for (let t = begin + (process === 'poisson' ? gap() : 0.5 / perSec); t < begin + sec; t += gap()) dues.push(t)
    begin += sec
  }
  return dues
}

type Answer = (due: number) => Omit<SimulatedRequest, 'due'>

const eachBy =
  (make: (load: OutageLoad) => Answer): OutageSystem =>
  (load) => {
    const answer = make(load)
    return { requests: duesOf(load).map((due) => ({ due, ...answer(due) })), calls: [] }
  }

/** Nothing is served while the fault is there; then one after the other, at the rate C. The queue is empty λD / (C − λ) after it. */
export const fifoDrain = (rate: number): OutageSystem =>
  eachBy(({ atSec, forSec }) => {
    let free = 0
    return (due) => {
      let begin = Math.max(free, due)
      if (begin >= atSec && begin < atSec + forSec) begin = atSec + forSec
      free = begin + 1 / rate
      return { end: free, outcome: 'ok' }
    }
  })

/** As {@link fifoDrain}, but from the fault on it has only a share of its rate. */
export const slowerAfter = (rate: number, share: number): OutageSystem =>
  eachBy(({ atSec, forSec }) => {
    let free = 0
    return (due) => {
      let begin = Math.max(free, due)
      if (begin >= atSec && begin < atSec + forSec) begin = atSec + forSec
      free = begin + 1 / (begin < atSec ? rate : share * rate)
      return { end: free, outcome: 'ok' }
    }
  })

/** As {@link fifoDrain}, but whoever has waited longer than T is answered 503 when it is his turn, at no cost: a backlog of λ T at most. */
export const deadlineQueue = (rate: number, deadlineSec: number): OutageSystem =>
  eachBy(({ atSec, forSec }) => {
    let free = 0
    return (due) => {
      let begin = Math.max(free, due)
      if (begin >= atSec && begin < atSec + forSec) begin = atSec + forSec
      if (begin - due > deadlineSec) return { end: begin, outcome: 'status' }
      free = begin + 1 / rate
      return { end: free, outcome: 'ok' }
    }
  })

/** Refuses while it is down and for R more, while it starts; then answers `slow` times more slowly for W, and then as before. */
export const restarting = (options: {
  readonly startSec: number
  readonly warmSec: number
  readonly slow: number
}): OutageSystem =>
  eachBy((load) => {
    const random = seededRandom(load.seed, 612)
    const up = load.atSec + load.forSec + options.startSec
    return (due) => {
      if (due >= load.atSec && due < up) return { end: due + 0.001, outcome: 'refused' }
      const isWarm = due < load.atSec || due >= up + options.warmSec
      const serviceSec = 0.02 * (0.8 + 0.4 * random.next())
      return { end: due + serviceSec * (isWarm ? 1 : options.slow), outcome: 'ok' }
    }
  })

/** Its answers take an exponential time, whatever is done to it. */
export const untouched: OutageSystem = eachBy(({ seed }) => {
  const random = seededRandom(seed, 613)
  return (due) => ({ end: due - 0.03 * Math.log(1 - random.next()), outcome: 'ok' })
})

/** From the fault on a share of its requests fails, for ever. */
export const neverBack = (share: number): OutageSystem =>
  eachBy(({ seed, atSec }) => {
    const random = seededRandom(seed, 614)
    return (due) => {
      const end = due - 0.03 * Math.log(1 - random.next())
      return { end, outcome: due >= atSec && random.next() < share ? 'status' : 'ok' }
    }
  })

/** After the fault it answers ever faster: late by a time that falls in a straight line and is gone after `sec`. */
export const slowlyBack = (sec: number, lateSec: number): OutageSystem =>
  eachBy(({ seed, atSec, forSec }) => {
    const random = seededRandom(seed, 615)
    const cleared = atSec + forSec
    return (due) => {
      const late = due < atSec ? 0 : lateSec * Math.max(0, 1 - Math.max(0, due - cleared) / sec)
      return { end: due + late + 0.02 * (0.8 + 0.4 * random.next()), outcome: 'ok' }
    }
  })

export interface RetryOptions {
  /** Calls a second that the dependency does. */
  readonly rate: number
  /** Each call is given up after this. */
  readonly timeoutSec: number
  readonly retries: number
  /** Slower by this factor from the moment its backlog was 100 calls until it is empty; 1: it is not. */
  readonly hurt?: number
}

/**
 * A target that asks a dependency again at once, up to `retries` times, when it has no answer in time; the dependency works through all that it was asked, first come
 * first served, whoever still waits for it. Above C / (r + 1) an outage is for ever.
 */
export const retryStorm =
  ({ rate, timeoutSec, retries, hurt = 1 }: RetryOptions): OutageSystem =>
  (load) => {
    const { atSec, forSec } = load
    const attempts = new EventQueue<{ readonly due: number; readonly attempt: number }>()
    for (const due of duesOf(load)) attempts.add(due, { due, attempt: 0 })
    const requests: SimulatedRequest[] = []
    const calls: SimulatedCall[] = []
    let free = 0
    let isHurt = false
    for (let next = attempts.take(); next !== undefined; next = attempts.take()) {
      const { at, what } = next
      if (free <= at) isHurt = false
      if (hurt !== 1 && free - at > 100 / rate) isHurt = true
      let begin = Math.max(free, at)
      if (begin >= atSec && begin < atSec + forSec) begin = atSec + forSec
      free = begin + (isHurt ? hurt : 1) / rate
      const isInTime = free - at <= timeoutSec
      calls.push({ at, answeredAt: isInTime ? free : Infinity })
      if (isInTime) requests.push({ due: what.due, end: free, outcome: 'ok' })
      else if (what.attempt < retries) attempts.add(at + timeoutSec, { due: what.due, attempt: what.attempt + 1 })
      else requests.push({ due: what.due, end: at + timeoutSec, outcome: 'status' })
    }
    return { requests, calls }
  }

/** A queue whose answers are late by this much while the fault is there, and not a moment longer. */
export const lateQueue = (rate: number, lateSec: number): OutageSystem =>
  eachBy(({ atSec, forSec }) => {
    let free = 0
    return (due) => {
      free = Math.max(free, due) + 1 / rate
      return { end: free + (due >= atSec && due < atSec + forSec ? lateSec : 0), outcome: 'ok' }
    }
  })
