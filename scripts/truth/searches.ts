import { errorOf, runSearch } from '../../test/kit/simulated-search.ts'
import type { SimulatedCase } from '../../test/kit/simulated-search.ts'
import { boundedQueue, ddc, failsBetween, mm1, pool } from '../../test/kit/simulated-systems.ts'
import type { TruthCase, TruthRow } from './row.ts'

interface SearchCase {
  readonly name: string
  readonly simulated: SimulatedCase
  readonly truth: number
  /** Largest error of the middle of the interval, as a share of the truth. */
  readonly tolerance: number
}

/** Trials may last an hour here: on a virtual clock the rule of D1c is shown, not the patience of a person. */
const patientSec = 3600

/** M/M/1 with a limit that makes this share of μ its capacity: response time is exponential with rate μ − λ. */
function mm1Case(mu: number, quantile: number, share: number, maxTrialSec = patientSec): SearchCase {
  const limitSec = Math.log(1 / (1 - quantile)) / (mu * (1 - share))
  const search = { quantile, within: 0.04, from: mu / 11, to: 30 * mu, maxTrialSec }
  const trials = maxTrialSec === patientSec ? '' : `, trials of at most ${String(maxTrialSec)} s`
  return {
    name: `M/M/1, μ = ${String(mu)}/s, p${String(100 * quantile)}, capacity ${String(share)} μ${trials}`,
    simulated: { system: mm1(mu), limitSec, poisson: true, search },
    truth: share * mu,
    tolerance: 0.05,
  }
}

const ddcCase = (servers: number, serviceSec: number): SearchCase => ({
  name: `D/D/${String(servers)}, S = ${String(1000 * serviceSec)} ms`,
  simulated: { system: ddc(servers, serviceSec), limitSec: 7 * serviceSec },
  truth: servers / serviceSec,
  tolerance: 0.03,
})

/** Most users whose p-quantile stays below L: a request finds what a closed M/M/1 with one user less has, and waits an Erlang time (arrival theorem). */
export function closedCapacity(options: { mu: number; thinkSec: number; quantile: number; limitSec: number }): number {
  for (let users = 1; ; users++) if (lateShare(users + 1, options) > 1 - options.quantile) return users
}

function lateShare(users: number, { mu, thinkSec, limitSec }: { mu: number; thinkSec: number; limitSec: number }): number {
  let weight = 1
  let whole = 0
  let late = 0
  let poisson = Math.exp(-mu * limitSec)
  let within = poisson
  for (let found = 0; found < users; found++) {
    whole += weight
    late += weight * within
    weight *= (users - 1 - found) / (mu * thinkSec)
    poisson *= (mu * limitSec) / (found + 1)
    within += poisson
  }
  return late / whole
}

function closedCase(mu: number, thinkSec: number, quantile: number, limitSec: number): SearchCase {
  const search = { quantile, within: 0.04, from: 2, to: 2000, whole: true, maxTrialSec: patientSec }
  return {
    name: `closed M/M/1, μ = ${String(mu)}/s, Z = ${String(thinkSec)} s, p${String(100 * quantile)} in users`,
    simulated: { system: mm1(mu), limitSec, poisson: true, thinkSec, search },
    truth: closedCapacity({ mu, thinkSec, quantile, limitSec }),
    tolerance: 0.05,
  }
}

export const searchCases: readonly SearchCase[] = [
  mm1Case(37, 0.9, 0.6),
  mm1Case(37, 0.99, 0.88),
  mm1Case(130, 0.9, 0.95),
  mm1Case(130, 0.95, 0.75),
  mm1Case(130, 0.99, 0.7),
  mm1Case(400, 0.95, 0.85),
  mm1Case(400, 0.99, 0.95),
  ddcCase(1, 0.013),
  ddcCase(3, 0.07),
  ddcCase(8, 0.031),
  {
    name: 'bounded queue, C = 170/s, K = 60',
    simulated: { system: boundedQueue({ rate: 170, places: 60, timeoutSec: 0.8 }), limitSec: 0.8 },
    truth: 170,
    tolerance: 0.03,
  },
  {
    name: 'pool of 7, held 40 ms, time-out 250 ms',
    simulated: { system: pool({ connections: 7, heldSec: 0.04, acquireSec: 0.25 }), limitSec: 1 },
    truth: 175,
    tolerance: 0.03,
  },
  closedCase(60, 2, 0.95, 0.4),
  // N users leave the server N S − Z behind at most: the largest N with N S − Z <= L.
  {
    name: 'closed D/D/1, S = 20 ms, Z = 0.5 s, in users',
    simulated: { system: ddc(1, 0.02), limitSec: 0.311, thinkSec: 0.5, search: { from: 1, to: 500, within: 0.02, whole: true } },
    truth: 40,
    tolerance: 0.03,
  },
]

/** What the defaults of a plan cost: trials of at most two minutes. */
export const impatientCases: readonly SearchCase[] = [
  mm1Case(37, 0.99, 0.88, 120),
  mm1Case(130, 0.99, 0.7, 120),
  mm1Case(130, 0.95, 0.75, 120),
  mm1Case(400, 0.95, 0.85, 120),
]

export interface SearchRow extends TruthRow {
  readonly errors: readonly number[]
  readonly costShares: readonly number[]
}

export function runSearchCase({ name, simulated, truth, tolerance }: SearchCase, seeds: readonly number[]): SearchRow {
  const results = seeds.map((seed) => runSearch(simulated, seed).result)
  const errors = results.map((result) => errorOf(result, truth))
  const costShares = results.map(({ costSec, staircaseSec }) => costSec / (staircaseSec ?? 0))
  const off = errors.filter((error) => Math.abs(error) > tolerance).length
  const dear = costShares.filter((share) => share > 1 / 3).length
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
  const percent = (share: number) => (100 * share).toFixed(1)
  const median = costShares.toSorted((a, b) => a - b)[costShares.length >> 1] ?? 0
  const worst = Math.max(...errors.map(Math.abs))
  return {
    ...{ detector: 'capacity search', system: name, isBroken: true, seeds, errors, costShares, promise: 0.05 },
    expected: `within ${percent(tolerance)} %`,
    wrong: { ...(off > 0 ? { 'too far off': off } : {}), ...(dear > 0 ? { 'dearer than a third of a staircase': dear } : {}) },
    figures: `mean error ${percent(mean)} %, worst ${percent(worst)} %; cost ${median.toFixed(2)} of a staircase, dearest ${Math.max(...costShares).toFixed(2)}`,
  }
}

const kindOf = (simulated: SimulatedCase) => (seed: number) => {
  const { kind, irregular } = runSearch(simulated, seed).result
  return irregular.length === 0 ? kind : irregular.join(', ')
}

/** What a search says where there is no plain interval, and twins of it where there is one. */
export const searchKindCases: readonly TruthCase[] = [
  {
    ...{ detector: 'at least', system: 'D/D/5 of 1250/s, up to 300/s', expected: 'passes-at-to', isBroken: true },
    say: kindOf({ system: ddc(5, 0.004), limitSec: 0.1, search: { to: 300 } }),
  },
  {
    ...{ detector: 'at least', system: 'D/D/1 of 250/s, up to 300/s', expected: 'interval', isBroken: false },
    say: kindOf({ system: ddc(1, 0.004), limitSec: 0.1, search: { to: 300 } }),
  },
  {
    ...{ detector: 'fails at from', system: 'D/D/1 of 4/s, from 10/s', expected: 'fails-at-from', isBroken: true },
    say: kindOf({ system: ddc(1, 0.25), limitSec: 0.5 }),
  },
  {
    ...{ detector: 'fails at from', system: 'D/D/1 of 14/s, from 10/s', expected: 'interval', isBroken: false },
    say: kindOf({ system: ddc(1, 0.07), limitSec: 0.5 }),
  },
  {
    ...{ detector: 'loss inversion', system: 'fails from 70/s to 90/s only', expected: 'inversion', isBroken: true },
    say: kindOf({ system: failsBetween(70, 90, ddc(4, 0.01)), limitSec: 0.1 }),
  },
  {
    ...{ detector: 'loss inversion', system: 'fails from 70/s on', expected: 'interval', isBroken: false },
    say: kindOf({ system: failsBetween(70, Number.POSITIVE_INFINITY, ddc(4, 0.01)), limitSec: 0.1 }),
  },
  {
    ...{ detector: 'generator', system: 'the generator ends at 300/s', expected: 'generator-limited', isBroken: true },
    say: kindOf({ system: ddc(4, 0.001), limitSec: 0.1, generatorLimit: 300 }),
  },
]
