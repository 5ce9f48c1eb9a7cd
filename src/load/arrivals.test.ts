import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../base/random.ts'
import type { Stage } from '../model/load-spec.ts'
import type { ArrivalLoad, Arrivals } from './arrivals.ts'
import { arrivalTimes } from './arrivals.ts'
import { levelAt, totalArrivals, totalSeconds } from './level.ts'
import { shardOf } from './shard.ts'

const open = (process: 'poisson' | 'uniform', stages: readonly Stage[]): ArrivalLoad => ({
  model: 'open',
  process,
  stages,
  maxUsers: 100,
})

function all(arrivals: Arrivals): number[] {
  const times: number[] = []
  for (let at = arrivals.next(); at !== Infinity; at = arrivals.next()) times.push(at)
  return times
}

const rate = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 300, noNaN: true }), fc.integer({ min: 1, max: 300 }))
const stage = fc.record({
  from: rate,
  to: rate,
  durationSec: fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 5, noNaN: true }), fc.constant(1e-12)),
})
const stages = fc.array(stage, { minLength: 1, maxLength: 6 })
const process = fc.constantFrom('poisson' as const, 'uniform' as const)

test('a uniform load makes as many arrivals as its rate integrates to', () => {
  fc.assert(
    fc.property(stages, (list) => {
      const made = all(arrivalTimes(open('uniform', list), seededRandom(1))).length
      expect(Math.abs(made - totalArrivals(list))).toBeLessThanOrEqual(0.5 + 1e-6)
    }),
    { seed: 1 },
  )
})

test('a hold of 200/s for 10 s makes exactly 2,000 arrivals, 5 ms apart', () => {
  const times = all(arrivalTimes(open('uniform', [{ from: 200, to: 200, durationSec: 10 }]), seededRandom(1)))
  expect(times).toHaveLength(2000)
  expect(times[0]).toBeCloseTo(2.5, 9)
  for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeCloseTo(5, 6)
})

test('a ramp from zero puts a quarter of its arrivals in its first half', () => {
  const times = all(arrivalTimes(open('uniform', [{ from: 0, to: 100, durationSec: 20 }]), seededRandom(1)))
  expect(times).toHaveLength(1000)
  expect(times.filter((at) => at < 10_000)).toHaveLength(250)
})

test('a gap of zero rate between two holds has no arrivals', () => {
  const list = [
    { from: 10, to: 10, durationSec: 1 },
    { from: 0, to: 0, durationSec: 5 },
    { from: 10, to: 10, durationSec: 1 },
  ]
  const times = all(arrivalTimes(open('uniform', list), seededRandom(1)))
  expect(times.filter((at) => at > 1000 && at < 6000)).toHaveLength(0)
  expect(times).toHaveLength(20)
})

test('times never fall, stay inside the load, and the same seed gives the same times', () => {
  fc.assert(
    fc.property(stages, process, fc.integer(), (list, kind, seed) => {
      const times = all(arrivalTimes(open(kind, list), seededRandom(seed)))
      expect(times.every((at, i) => at >= (times[i - 1] ?? 0) && at <= totalSeconds(list) * 1000 + 1e-6)).toBe(true)
      expect(all(arrivalTimes(open(kind, list), seededRandom(seed)))).toEqual(times)
    }),
    { seed: 2 },
  )
})

test('uniform arrivals come while the rate is above zero, at times where the cumulative rate is i + 1/2', () => {
  const list = [
    { from: 0, to: 50, durationSec: 3 },
    { from: 50, to: 0, durationSec: 2 },
  ]
  const step = 1e-4
  let cumulative = 0
  let index = 0
  const times = all(arrivalTimes(open('uniform', list), seededRandom(1)))
  for (let t = 0; t < 5; t += step) {
    cumulative += levelAt(list, t + step / 2) * step
    // The sum over small steps is the independent reference; one step is its tolerance.
    while (index < times.length && times[index]! / 1000 <= t)
      expect(Math.abs(cumulative - (index++ + 0.5))).toBeLessThan(50 * step * 2)
  }
  expect(index).toBe(125)
})

test('Poisson counts per second vary as much as their mean, also on a ramp', () => {
  const list = [{ from: 0, to: 400, durationSec: 400 }]
  const times = all(arrivalTimes(open('poisson', list), seededRandom(7)))
  let dispersion = 0
  for (let second = 1; second < 400; second++) {
    const count = times.filter((at) => at >= second * 1000 && at < (second + 1) * 1000).length
    const expected = second + 0.5
    dispersion += (count - expected) ** 2 / expected
  }
  // Chi-square with 399 degrees of freedom: mean 399, standard deviation 28.2; four of them.
  expect(Math.abs(dispersion - 399)).toBeLessThan(4 * 28.2)
})

test('Poisson gaps on a hold have a coefficient of variation of one', () => {
  const times = all(arrivalTimes(open('poisson', [{ from: 100, to: 100, durationSec: 200 }]), seededRandom(3)))
  const gaps = times.slice(1).map((at, i) => at - times[i]!)
  const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
  // Brady & Gunther: 1 ± 3/√n
  expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(3 / Math.sqrt(gaps.length))
})

test('k workers together make exactly the schedule of one, and none makes another worker’s arrival', () => {
  fc.assert(
    fc.property(stages, process, fc.integer({ min: 1, max: 7 }), fc.integer(), (list, kind, workers, seed) => {
      const whole = all(arrivalTimes(open(kind, list), seededRandom(seed)))
      const merged: number[] = []
      const gaps: number[] = []
      for (let worker = 0; worker < workers; worker++) {
        const shard = shardOf(arrivalTimes(open(kind, list), seededRandom(seed)), worker, workers)
        for (; shard.atMs !== Infinity; shard.advance()) {
          expect(shard.index % workers).toBe(worker)
          merged[shard.index] = shard.atMs
          gaps[shard.index] = shard.gapMs
        }
      }
      expect(merged).toEqual(whole)
      expect(gaps.slice(1)).toEqual(whole.slice(1).map((at, i) => at - whole[i]!))
    }),
    { seed: 4 },
  )
})

test('a replayed trace gives its own times and leaves out what lies beyond its length', () => {
  const load: ArrivalLoad = { model: 'trace', path: 'x', arrivals: 3, durationSec: 2, maxUsers: 10 }
  expect(all(arrivalTimes(load, seededRandom(1), [0, 0.5, 2, 2.1]))).toEqual([0, 500, 2000])
})
