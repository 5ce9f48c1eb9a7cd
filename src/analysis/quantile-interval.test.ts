import { describe, expect, it } from 'vitest'
import published from '../../test/data/quantile_ci_bootstrap.json' with { type: 'json' }
import { createHistogram } from '../metrics/index.ts'
import {
  enoughSamples,
  minimumSamples,
  narrowestRanks,
  quantileInterval,
  quantileRanks,
  quantileTest,
  rankCoverage,
} from './index.ts'

/** exp(0), exp(0.01) … exp(1): 101 points. */
const exponentials = Array.from({ length: 101 }, (_, i) => Math.exp(i / 100))

describe('the interval of a quantile', () => {
  it.each(published.r_confintr_ci_quantile.cases)(
    'is that of R at q=$q, $conf',
    ({ q, conf, ci, one_sided_upper, one_sided_lower }) => {
      const alpha = 1 - conf
      const at = (rank: number | null) => exponentials[rank! - 1]
      if (ci) {
        const { lower, upper } = quantileRanks(101, q, alpha / 2)
        expect([at(lower), at(upper)]).toEqual([expect.closeTo(ci[0]!, 12), expect.closeTo(ci[1]!, 12)])
      }
      if (one_sided_upper !== undefined) expect(at(quantileRanks(101, q, 0, alpha).upper)).toBeCloseTo(one_sided_upper, 12)
      if (one_sided_lower !== undefined) expect(at(quantileRanks(101, q, alpha, 0).lower)).toBeCloseTo(one_sided_lower, 12)
      expect(one_sided_upper ?? one_sided_lower ?? ci).toBeDefined()
    },
  )

  it.each(published.go_quantileci)(
    'has the coverage of Go’s QuantileCI for n=$n, q=$q, ranks $lo to $hi',
    ({ n, q, conf, lo, hi, actual, ambiguous }) => {
      expect(rankCoverage(n, q, { lower: lo, upper: hi })).toBeCloseTo(actual, 9)
      const ours = narrowestRanks(n, q, conf)
      expect(ours.confidence).toBeCloseTo(actual, 9)
      if (ambiguous !== true) expect([ours.lower, ours.upper]).toEqual([lo, hi])
      expect(ours.upper - ours.lower).toBe(hi - lo)
    },
  )

  it('is read from a histogram at its ranks, or refused', () => {
    const histogram = createHistogram()
    for (let i = 1; i <= 1000; i++) histogram.record(i)
    const { lower, upper } = quantileRanks(1000, 0.9, 0.025)
    expect(quantileInterval(histogram, 0.9)).toEqual([lower, upper])
    expect(quantileInterval(histogram, 0.999)).toBeNull()
    histogram.destroy()
  })
})

describe('the test of a quantile', () => {
  it.each(published.r_snpar_quant_test)('gives the p-value of R for $q_value at $p', ({ q_value, p, pvalue }) => {
    expect(quantileTest(exponentials, q_value, p)).toBeCloseTo(pvalue, 8)
  })

  it('gives the p-value of Conover’s example', () => {
    const { x, q, p, pvalue_two_sided } = published.conover_ex1
    expect(quantileTest(x, q, p)).toBeCloseTo(pvalue_two_sided, 4)
  })
})

describe('the fewest samples of a percentile', () => {
  it('are the published ones, one-sided and two-sided', () => {
    for (const [q, n] of Object.entries(published.min_samples_computed.two_sided_95)) expect(minimumSamples(Number(q))).toBe(n)
    for (const [q, n] of Object.entries(published.min_samples_computed.one_sided_95))
      expect(minimumSamples(Number(q), { sides: 1 })).toBe(n)
  })

  it('are just enough for an interval to exist', () => {
    for (const q of [0.5, 0.9, 0.95, 0.99, 0.999]) {
      const n = minimumSamples(q)
      expect(quantileRanks(n, q, 0.025).upper).not.toBeNull()
      expect(quantileRanks(n - 1, q, 0.025).upper).toBeNull()
      expect([enoughSamples(q, n), enoughSamples(q, n - 1)]).toEqual([true, false])
    }
  })
})
