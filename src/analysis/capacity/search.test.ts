import { expect, test } from 'vitest'
import { errorOf, optionsOf, runSearch } from '../../../test/kit/simulated-search.ts'
import { boundedQueue, ddc, failsBetween, mm1, pool } from '../../../test/kit/simulated-systems.ts'
import { createSearch } from './search.ts'
import type { Observation } from './trial.ts'

const seeds = [1, 2, 3, 4]

// `npm run truth` has the table over 20 seeds and more parameters.
test.each([
  { mu: 100, quantile: 0.99, limitSec: 0.5 },
  { mu: 50, quantile: 0.95, limitSec: 0.3 },
])('comes within 5 % of the formula for M/M/1 with μ = $mu, for a third of a staircase at most', ({ mu, quantile, limitSec }) => {
  for (const seed of seeds) {
    const { result } = runSearch({ system: mm1(mu), limitSec, poisson: true, search: { quantile } }, seed)
    expect(Math.abs(errorOf(result, mu - Math.log(1 / (1 - quantile)) / limitSec)), `seed ${String(seed)}`).toBeLessThan(0.05)
    expect(result.costSec).toBeLessThan((result.staircaseSec ?? 0) / 3)
    expect(result.irregular).toEqual([])
  }
})

test.each([
  ['D/D/4', ddc(4, 0.05), 80],
  ['a bounded queue', boundedQueue({ rate: 100, places: 50, timeoutSec: 1 }), 100],
  ['a pool with time-outs', pool({ connections: 10, heldSec: 0.1, acquireSec: 0.3 }), 100],
])('comes within 3 %% of the capacity: %s', (_, system, truth) => {
  const { result } = runSearch({ system, limitSec: 1 }, 1)
  expect(Math.abs(errorOf(result, truth))).toBeLessThan(0.03)
  expect(result.width).toBeLessThanOrEqual(0.03 + 1e-9)
  // One request in a hundred may be not good.
  expect((result.goodput ?? 0) / (result.lower ?? 1)).toBeGreaterThan(0.989)
  expect(result.limitingObjective).toBe('p(latency)')
})

test('says "at least" about a target that cannot be broken', () => {
  const { result } = runSearch({ system: ddc(4, 0.001), limitSec: 0.1, search: { to: 200 } }, 1)
  expect(result).toMatchObject({ kind: 'at-least', lower: 200, upper: null, irregular: ['passes-at-to'], staircaseSec: null })
})

test('says that a target fails at the smallest load', () => {
  const { result } = runSearch({ system: ddc(1, 0.2), limitSec: 0.1 }, 1)
  expect(result).toMatchObject({ kind: 'fails-at-from', lower: null, upper: 10, goodput: null, irregular: ['fails-at-from'] })
})

test('lets the smaller failure win when a larger load passes, and flags it', () => {
  const { result } = runSearch({ system: failsBetween(38, 50, ddc(4, 0.01)), limitSec: 0.1 }, 1)
  expect(result.upper).toBeLessThan(40)
  expect(result.irregular).toEqual(['inversion'])
})

test('never rests a bound on a trial that the generator limited', () => {
  const { search, result } = runSearch({ system: ddc(4, 0.001), limitSec: 0.1, generatorLimit: 300 }, 1)
  expect(result).toMatchObject({ kind: 'generator-limited', upper: null, irregular: ['generator-limited'] })
  expect(result.lower).toBeLessThanOrEqual(300)
  expect(search.observations.filter(({ generatorLimited }) => generatorLimited).length).toBeGreaterThan(1)
})

test('goes down by one width below an upper end, however many void trials there were at it', () => {
  const trial = (load: number, more: Partial<Observation>): Observation => ({
    ...{ load, durationSec: 10, ranSec: 10, purpose: 'confirm-lower', good: 10 * load, notGood: 0, completedPerSec: load },
    ...more,
  })
  const observed = [
    trial(40, { purpose: 'bracket' }),
    trial(80, { purpose: 'bracket' }),
    trial(160, { purpose: 'bracket', good: 400, notGood: 400, completedPerSec: 80 }),
    trial(80, { generatorLimited: true }),
    trial(80, { generatorLimited: true }),
    trial(80, { good: 600, notGood: 200 }),
  ]
  const search = createSearch({ from: 20, to: 400, within: 0.2, minTrialSec: 10, maxTrialSec: 10 }, observed)
  expect(search.next()).toMatchObject({ kind: 'trial', load: 64 })
})

test('goes on from the record of a killed search as if it had never stopped', () => {
  const simulated = { system: mm1(100), limitSec: 0.5, poisson: true }
  const { search, result } = runSearch(simulated, 3)
  for (const stop of [1, 4, 9]) {
    const resumed = createSearch(optionsOf(simulated), search.observations.slice(0, stop))
    for (const observation of search.observations.slice(stop)) {
      expect(resumed.next()).toMatchObject({ kind: 'trial', load: observation.load, durationSec: observation.durationSec })
      resumed.observe(observation)
    }
    expect(resumed.next()).toEqual({ kind: 'done', result })
  }
})

test('a quick search is shorter, wider, and says so', () => {
  const simulated = { system: mm1(100), limitSec: 0.5, poisson: true }
  const quick = runSearch({ ...simulated, search: { quick: true } }, 1).result
  expect(quick.quick).toBe(true)
  expect(quick.width).toBeGreaterThan(0.03)
  expect(quick.costSec).toBeLessThan(runSearch(simulated, 1).result.costSec)
})

test('searches whole users', () => {
  const { search, result } = runSearch(
    { system: ddc(1, 0.05), limitSec: 0.5, search: { from: 1, to: 64, within: 0.01, whole: true } },
    1,
  )
  expect(search.observations.filter(({ load }) => !Number.isInteger(load))).toEqual([])
  expect(result).toMatchObject({ lower: 20, upper: 21 })
})

test('keeps the hard breaking point apart from the capacity', () => {
  const search = createSearch({ from: 10, to: 40, within: 0.5, minTrialSec: 10 })
  for (let move = search.next(); move.kind === 'trial'; move = search.next()) {
    const bad = move.load > 15
    const more: Partial<Observation> = bad ? { failureClass: move.load > 18 ? 'F5' : 'F2' } : { failureClass: 'F0' }
    search.observe({
      ...move,
      ranSec: move.durationSec,
      good: bad ? 0 : 1000,
      notGood: bad ? 1000 : 0,
      completedPerSec: 15,
      ...more,
    })
  }
  const done = search.next()
  expect(done).toMatchObject({ kind: 'done', result: { lower: 10, upper: 20, hardBreakingPoint: 20 } })
})
