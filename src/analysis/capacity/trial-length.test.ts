import { expect, test } from 'vitest'
import { bisectTrialSec, decisiveSamples, estimateServiceRate, fullTrialSec, relaxationSec } from './trial-length.ts'
import type { Observation } from './trial.ts'

const options = {
  ...{ minTrialSec: 10, maxTrialSec: 600, quantile: 0.99, requestsPerLoad: 1, relaxations: 30 },
  ...{ within: 0.1, allowedShare: 0.01 },
}
const failing = (load: number, more: Partial<Observation> = {}): Observation => ({
  ...{ load, durationSec: 10, ranSec: 10, purpose: 'bracket', completedPerSec: 100, good: 500, notGood: 500 },
  ...more,
})
const saturated = [failing(200)]

test('the relaxation time is the one of D1c', () => {
  // stress.md: 4.5 s at μ = 100 and ρ = 0.908.
  expect(relaxationSec(90.8, 100)).toBeCloseTo(4.5, 1)
})

test('a full trial lasts 30 relaxation times of the service rate that was seen, and never longer than it may', () => {
  expect(fullTrialSec(92, saturated, { ...options, within: 0.08, quantile: 0.9 })).toBe(Math.round(30 * relaxationSec(92, 100)))
  expect(fullTrialSec(100, saturated, { ...options, within: 0.02 })).toBe(600)
  expect(fullTrialSec(1, [], options)).toBe(368)
})

test('a full trial has the requests that its objective needs, the more the rarer and the narrower', () => {
  // 4 / (0.01 · ln(100)² · 0.5 · 0.05²): a third of 0.15.
  expect(decisiveSamples(0.5, { quantile: 0.99, within: 0.15 })).toBeCloseTo(15_089, -1)
  const wide = { ...options, within: 0.15 }
  expect(fullTrialSec(50, saturated, wide)).toBe(Math.round(decisiveSamples(0.5, wide) / 50))
  expect(decisiveSamples(0.5, { quantile: 0.9, within: 0.1 })).toBeLessThan(decisiveSamples(0.5, options) / 2)
  expect(decisiveSamples(0.5, { quantile: 0.99, within: 0.05 })).toBeCloseTo(4 * decisiveSamples(0.5, options), 5)
})

test('bisection of a wide interval is short', () => {
  expect(bisectTrialSec(100, 0.5, saturated, options)).toBe(10)
  expect(bisectTrialSec(100, 0.1, saturated, options)).toBe(Math.ceil(decisiveSamples(1, options) / 100))
})

test('the service rate is what a saturated target completes, or what a refusing one does well', () => {
  expect(estimateServiceRate(saturated, options)).toBe(100)
  expect(
    estimateServiceRate([failing(200, { completedPerSec: 200, good: 900, notGood: 1100, failureClass: 'F1' })], options),
  ).toBe(90)
})

test('neither a trial that passes nor one that is short of arrivals by chance shows the service rate', () => {
  expect(estimateServiceRate([failing(200, { good: 1000, notGood: 0 })], options)).toBeNull()
  expect(estimateServiceRate([failing(100, { completedPerSec: 97, good: 940, notGood: 10 })], options)).toBeNull()
  expect(estimateServiceRate([failing(200, { generatorLimited: true })], options)).toBeNull()
  // Late answers are no refusals.
  expect(
    estimateServiceRate([failing(200, { completedPerSec: 200, good: 900, notGood: 1100, failureClass: 'F2' })], options),
  ).toBeNull()
})

test('a target that fails without being saturated is given the time of one that just is', () => {
  const unsaturated = failing(100, { completedPerSec: 100, good: 950, notGood: 50 })
  expect(fullTrialSec(92, [unsaturated], options)).toBe(fullTrialSec(92, saturated, options))
  expect(fullTrialSec(92, [unsaturated], options)).toBeGreaterThan(fullTrialSec(92, [], options))
})
