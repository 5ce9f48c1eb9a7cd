import { describe, expect, it } from 'vitest'
import type { Latency } from '../model/run-result.ts'
import { mm1Case } from './cases.ts'
import type { ServerTimes } from './compare-truth.ts'
import { compareWithTruth } from './compare-truth.ts'

const latency = (p99: number | null, interval?: readonly [number, number]): Latency => ({
  p50: 10,
  p90: null,
  p95: null,
  p99,
  p999: null,
  mean: 12,
  min: 1,
  max: 50,
  samples: 1000,
  ...(interval === undefined ? {} : { intervals: { p99: interval } }),
})

const times = (drawn: number, given: number): ServerTimes => ({
  drawn: { mean: null, p99: drawn },
  given: { mean: null, p99: given },
})

describe('compareWithTruth', () => {
  it('agrees within the tolerance, and not beyond it', () => {
    const agrees = (p99: number) => compareWithTruth({ truth: { p99: 100 }, tolerance: 0.03 }, latency(p99))[0]?.agrees
    expect(agrees(102.9)).toBe(true)
    expect(agrees(97.1)).toBe(true)
    expect(agrees(103.1)).toBe(false)
    expect(agrees(96.9)).toBe(false)
  })

  it('agrees when the truth is inside the interval', () => {
    expect(compareWithTruth({ truth: { p99: 100 }, tolerance: 0.03 }, latency(110, [95, 120]))[0]?.agrees).toBe(true)
    expect(compareWithTruth({ truth: { p99: 100 }, tolerance: 0.03 }, latency(110, [105, 120]))[0]?.agrees).toBe(false)
  })

  it('never agrees with a figure that was not measured', () => {
    expect(compareWithTruth({ truth: { p99: 100 }, tolerance: 0.03 }, latency(null))[0]).toMatchObject({
      measured: null,
      agrees: false,
    })
  })

  it('disagrees with a formula that a wide interval would forgive, when the server gave something else', () => {
    const agrees = (p99: number) =>
      compareWithTruth({ truth: { p99: 100 }, tolerance: 0.03 }, latency(110, [90, 120]), times(p99, p99))[0]?.agrees
    expect(agrees(108)).toBe(true)
    expect(agrees(101)).toBe(false)
  })

  it('adds to the formula what the server was late by its own clock, and nothing else', () => {
    const agrees = (measured: number, drawn: number, given: number) =>
      compareWithTruth({ truth: { p99: 100 }, tolerance: 0.03 }, latency(measured), times(drawn, given))[0]?.agrees
    expect(agrees(107, 100, 106)).toBe(true)
    // On time, and yet measured late: that is the measurement.
    expect(agrees(107, 100, 100)).toBe(false)
    // Late, and measured as if it had not been.
    expect(agrees(100, 100, 106)).toBe(false)
    // It drew something else than the formula, and kept to it.
    expect(agrees(107, 106, 106)).toBe(false)
  })

  it('knows how far a queue strays by chance, and no further', () => {
    const station = mm1Case({ serviceMs: 15, rho: 0.7, queues: 40, durationSec: 24 })
    // 44,800 waits at rho 0.7 weigh as much as 1,350: 1.96 standard errors of the p95 of 149.8 ms are 11.6 ms.
    const agrees = (p95: number) =>
      compareWithTruth(station, { ...latency(null), mean: null, p50: null, p95, samples: 44_800 }).find(
        ({ figure }) => figure === 'p95',
      )?.agrees
    expect(agrees(139)).toBe(true)
    expect(agrees(137)).toBe(false)
    expect(agrees(163)).toBe(false)
  })
})
