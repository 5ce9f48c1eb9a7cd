import { describe, expect, it } from 'vitest'
import { seededRandom } from '../base/random.ts'
import {
  gapDispersion,
  interactiveUsers,
  littleEdgeBound,
  littleInFlight,
  mannKendall,
  mismatch,
  mser5,
  theilSen,
} from './index.ts'

/** Sum of twelve uniforms less six: near enough to normal. */
function noise(random: { next(): number }): number {
  return Array.from({ length: 12 }, () => random.next()).reduce((a, b) => a + b, -6)
}

describe('MSER-5', () => {
  it('cuts a warm-up and keeps what is steady', () => {
    const random = seededRandom(1)
    const values = Array.from({ length: 300 }, (_, i) => 10 + noise(random) * 0.3 + (i < 40 ? (40 - i) * 0.5 : 0))
    const steady = mser5(values)
    expect(steady!.trim).toBeGreaterThanOrEqual(30)
    expect(steady!.trim).toBeLessThanOrEqual(60)
    expect(steady!.mean).toBeCloseTo(10, 0)
  })

  it('finds the minimum of its own definition', () => {
    const random = seededRandom(4)
    const values = Array.from({ length: 205 }, (_, i) => 5 + noise(random) + 20 * Math.exp(-i / 15))
    const batches = Array.from({ length: 41 }, (_, i) => values.slice(i * 5, i * 5 + 5).reduce((a, b) => a + b) / 5)
    const statistic = (d: number) => {
      const rest = batches.slice(d)
      const mean = rest.reduce((a, b) => a + b) / rest.length
      return rest.reduce((sum, z) => sum + (z - mean) ** 2, 0) / rest.length ** 2
    }
    const candidates = Array.from({ length: 41 - 5 + 1 }, (_, d) => d)
    const best = candidates.reduce((a, b) => (statistic(b) < statistic(a) ? b : a))
    expect(mser5(values)!.trim).toBe(best * 5)
  })

  it('gives no answer for a run that never settles, or is too short', () => {
    expect(mser5(Array.from({ length: 200 }, (_, i) => i))).toBeNull()
    expect(mser5([1, 2, 3, 4, 5])).toBeNull()
  })

  it('leaves nothing out of a constant', () => {
    expect(mser5(Array.from({ length: 60 }, () => 7))).toEqual({ trim: 0, mean: 7 })
  })
})

describe('operational laws', () => {
  it('relate load, throughput and time', () => {
    expect(littleInFlight(200, 0.05)).toBe(10)
    expect(interactiveUsers(10, { responseSec: 0.5, thinkSec: 4.5 })).toBe(50)
    expect(mismatch(10.5, 10)).toBeCloseTo(0.05)
    expect([mismatch(0, 0), mismatch(1, 0)]).toEqual([0, Infinity])
    expect(littleEdgeBound({ inFlightAtStart: 12, inFlightAtEnd: 8, maxResponseSec: 0.5, totalSec: 1000 })).toBeCloseTo(0.01)
  })
})

describe('the dispersion of arrival gaps', () => {
  const of = (gaps: readonly number[]) =>
    gapDispersion({ count: gaps.length, sum: gaps.reduce((a, b) => a + b), sumSquares: gaps.reduce((a, b) => a + b * b, 0) })!

  it('is one for a Poisson process and zero for a uniform one', () => {
    const random = seededRandom(2)
    const poisson = of(Array.from({ length: 10_000 }, () => -Math.log(1 - random.next()) * 5))
    expect(Math.abs(poisson.cov - 1)).toBeLessThan(poisson.warnWithin)
    expect(poisson.warnWithin).toBeCloseTo(0.03)
    expect(poisson.voidWithin).toBeCloseTo(0.1)
    expect(of(Array.from({ length: 100 }, () => 5)).cov).toBeCloseTo(0, 6)
  })

  it('tells arrivals in bursts from a Poisson process', () => {
    const bursts = of(Array.from({ length: 10_000 }, (_, i) => (i % 10 === 0 ? 50 : 0.01)))
    expect(bursts.cov - 1).toBeGreaterThan(bursts.voidWithin)
  })

  it('is unknown without two gaps', () => {
    expect(gapDispersion({ count: 1, sum: 5, sumSquares: 25 })).toBeNull()
  })
})

describe('trend', () => {
  it('has Sen’s slope, whatever an outlier does', () => {
    const points = Array.from({ length: 30 }, (_, t) => ({ t, value: t === 12 ? 1e6 : 3 * t + 1 }))
    const slope = theilSen(points)!
    expect(slope.perUnit).toBeCloseTo(3)
    expect(slope.low).toBeLessThanOrEqual(3)
    expect(slope.high).toBeGreaterThanOrEqual(3)
  })

  it('holds the true slope of noisy series in about 95 of 100', () => {
    const random = seededRandom(8)
    let held = 0
    for (let run = 0; run < 100; run++) {
      const { low, high } = theilSen(Array.from({ length: 40 }, (_, t) => ({ t, value: 0.2 * t + noise(random) })))!
      if (low <= 0.2 && 0.2 <= high) held++
    }
    // Binomial: 95 ± 3 × 2.2.
    expect(held).toBeGreaterThanOrEqual(88)
  })

  it('averages long series first and keeps their slope', () => {
    const random = seededRandom(9)
    const slope = theilSen(Array.from({ length: 3600 }, (_, t) => ({ t, value: 100 + 0.01 * t + noise(random) })))!
    expect(slope.perUnit).toBeCloseTo(0.01, 3)
  })

  it('is unknown from two points or from one time', () => {
    expect(
      theilSen([
        { t: 0, value: 1 },
        { t: 1, value: 2 },
      ]),
    ).toBeNull()
    expect(theilSen([1, 2, 3, 4].map((value) => ({ t: 5, value })))).toBeNull()
  })

  it('has the Mann-Kendall statistic of a worked example with ties', () => {
    // All 45 pairs rise; without ties Var S = n(n−1)(2n+5)/18 = 125.
    const rising = mannKendall([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect([rising.s, rising.tau]).toEqual([45, 1])
    expect(rising.z).toBeCloseTo(44 / Math.sqrt(125), 12)
    // 15 pairs less two tied ones, all rising: S = 13.
    const tied = mannKendall([1, 1, 2, 3, 3, 4])
    expect(tied.s).toBe(13)
    expect(tied.z).toBeCloseTo(12 / Math.sqrt((6 * 5 * 17 - 2 * (2 * 1 * 9)) / 18), 12)
    expect(mannKendall([5, 5, 5])).toMatchObject({ s: 0, z: 0, p: 1 })
  })

  it('sees no trend in noise more often than it says', () => {
    const random = seededRandom(10)
    let alarms = 0
    for (let run = 0; run < 200; run++) if (mannKendall(Array.from({ length: 40 }, () => noise(random))).p < 0.05) alarms++
    // Binomial: 10 ± 3 × 3.1.
    expect(alarms).toBeLessThanOrEqual(19)
    expect(alarms).toBeGreaterThan(0)
  })
})
