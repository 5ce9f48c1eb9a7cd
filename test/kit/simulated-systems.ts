import { seededRandom } from '../../src/base/random.ts'
import { certainAlready, growthTest } from '../../src/analysis/index.ts'
import type { Observation, Trial } from '../../src/analysis/index.ts'
import { EventQueue } from './event-queue.ts'

/** Answers one arrival at a virtual time: when it is done, and whether the answer is a good one apart from its latency. */
export type SimulatedSystem = (
  random: () => number,
  load: number,
) => (arrival: number) => { readonly done: number; readonly ok: boolean }

const exponential = (random: () => number, rate: number) => -Math.log(1 - random()) / rate

/** Lindley: dep = max(now, dep_prev) + S. Capacity under "p quantile <= L" is μ − ln(1/(1−p))/L. */
export const mm1 =
  (mu: number): SimulatedSystem =>
  (random) => {
    let free = 0
    return (arrival) => {
      free = Math.max(free, arrival) + exponential(random, mu)
      return { done: free, ok: true }
    }
  }

/** Capacity c / S. */
export const ddc =
  (servers: number, serviceSec: number): SimulatedSystem =>
  () => {
    const free = new Float64Array(servers)
    return (arrival) => {
      const first = free.indexOf(Math.min(...free))
      const done = Math.max(free[first] ?? 0, arrival) + serviceSec
      free[first] = done
      return { done, ok: true }
    }
  }

/** A queue of K at rate C that serves what nobody waits for any more; the client gives up after T. Goodput stays C iff K <= C (T − S). */
export const boundedQueue =
  ({ rate, places, timeoutSec }: { rate: number; places: number; timeoutSec: number }): SimulatedSystem =>
  () => {
    let free = 0
    return (arrival) => {
      if (free - arrival > places / rate) return { done: arrival, ok: false }
      free = Math.max(free, arrival) + 1 / rate
      return { done: Math.min(free, arrival + timeoutSec), ok: free - arrival <= timeoutSec }
    }
  }

/** P connections held for s each; a request that waits longer than A for one fails. Capacity P / s. */
export const pool =
  ({ connections, heldSec, acquireSec }: { connections: number; heldSec: number; acquireSec: number }): SimulatedSystem =>
  () => {
    const free = new Float64Array(connections)
    return (arrival) => {
      const first = free.indexOf(Math.min(...free))
      const start = Math.max(free[first] ?? 0, arrival)
      if (start - arrival > acquireSec) return { done: arrival + acquireSec, ok: false }
      free[first] = start + heldSec
      return { done: start + heldSec, ok: true }
    }
  }

/** Fails between two loads only: an accelerator that switches on late. */
export const failsBetween =
  (low: number, high: number, inner: SimulatedSystem): SimulatedSystem =>
  (random, load) => {
    const answer = inner(random, load)
    return (arrival) => ({ ...answer(arrival), ok: load < low || load > high })
  }

export interface TrialConditions {
  readonly system: SimulatedSystem
  readonly seed: number
  readonly limitSec: number
  readonly allowedShare: number
  readonly poisson: boolean
  readonly generatorLimit?: number
  /** A closed model: the load is users, who think this long (exponential with `poisson`) between an answer and the next request. */
  readonly thinkSec?: number
}

interface Source {
  /** When the next request is made. */
  nextAt(): number
  take(): number
  answered(done: number): void
}

function openSource(load: number, random: () => number, poisson: boolean): Source {
  const gap = () => (poisson ? exponential(random, load) : 1 / load)
  let next = poisson ? gap() : 0
  return {
    nextAt: () => next,
    take: () => {
      const now = next
      next += gap()
      return now
    },
    answered: () => undefined,
  }
}

/** Users begin spread over one time of thinking. */
function closedSource(
  { users, thinkSec, poisson }: { users: number; thinkSec: number; poisson: boolean },
  random: () => number,
): Source {
  const due = new EventQueue<null>()
  for (let i = 0; i < users; i++) due.add(random() * thinkSec, null)
  return {
    nextAt: () => due.nextAt(),
    take: () => due.take()?.at ?? Number.POSITIVE_INFINITY,
    answered: (done) => {
      due.add(done + (poisson ? exponential(random, 1 / thinkSec) : thinkSec), null)
    },
  }
}

/** Runs one trial on a virtual clock, second by second, and stops it when its failure is certain. Each trial starts with an empty queue. */
export function simulateTrial(trial: Trial, conditions: TrialConditions): Observation {
  const { system, seed, limitSec, allowedShare, poisson, thinkSec, generatorLimit = Number.POSITIVE_INFINITY } = conditions
  const { load, durationSec } = trial
  const stream = seededRandom(seed, Math.round(load * 1000) + durationSec)
  const random = () => stream.next()
  const answer = system(random, load)
  const totals = { good: 0, notGood: 0, completed: 0 }
  const dones: number[] = []
  const windows: { t: number; value: number }[] = []
  const latencies: number[] = []
  const source =
    thinkSec === undefined ? openSource(load, random, poisson) : closedSource({ users: load, thinkSec, poisson }, random)
  // Nobody asks more often than once a time of thinking.
  const requestsPerLoad = thinkSec === undefined ? 1 : 1 / thinkSec
  let second = 1
  for (; second <= durationSec; second++) {
    const inWindow: number[] = []
    while (source.nextAt() < second) {
      const arrival = source.take()
      const { done, ok } = answer(arrival)
      source.answered(done)
      if (ok) inWindow.push(done - arrival)
      totals[ok && done - arrival <= limitSec ? 'good' : 'notGood'] += 1
      dones.push(done)
    }
    if (inWindow.length > 0) windows.push({ t: second, value: middle(inWindow) })
    for (const latency of inWindow) latencies.push(latency)
    if (certainAlready({ load, durationSec, notGood: totals.notGood, allowedShare, requestsPerLoad })) break
  }
  const ranSec = Math.min(second, durationSec)
  const completed = dones.filter((done) => done <= ranSec).length
  return {
    ...trial,
    ranSec,
    good: totals.good,
    notGood: totals.notGood,
    completedPerSec: completed / ranSec,
    medianLatencySec: latencies.length === 0 ? 0 : middle(latencies),
    growth: growthTest(windows),
    generatorLimited: load > generatorLimit,
    failedObjective: 'p(latency)',
  }
}

function middle(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? Number.NaN
}
