import { describe, expect, it } from 'vitest'
import published from '../../test/data/quantile_ci_bootstrap.json' with { type: 'json' }
import { seededRandom } from '../base/random.ts'
import { createTally, createHistogram, emptyHistogramData } from '../metrics/index.ts'
import type { Distribution } from '../metrics/index.ts'
import { blockBootstrap } from './index.ts'

function second(values: readonly number[]): Distribution {
  const histogram = createHistogram()
  for (const value of values) histogram.record(value)
  const tally = createTally()
  tally.add(histogram.take())
  histogram.destroy()
  return tally
}

describe('the block bootstrap', () => {
  it('gives the percentile interval of R’s boot for a mean', () => {
    const { x, percentile } = published.bootstrap_R_boot_ci
    // In thousandths, so that the fractions survive in a histogram of integers; the mean is exact.
    const blocks = x.map((value) => second([value * 1000]))
    const result = blockBootstrap(blocks, { random: seededRandom(7), quantiles: [], resamples: 300_000, expanded: false })
    // The tolerance of the published test: 0.5 %.
    expect(Math.abs(result!.mean[0] / 1000 / percentile[0]! - 1)).toBeLessThan(0.005)
    expect(Math.abs(result!.mean[1] / 1000 / percentile[1]! - 1)).toBeLessThan(0.005)
  })

  it('holds the true quantiles of an exponential in about 95 of 100 runs', () => {
    const random = seededRandom(11)
    const quantiles = [0.5, 0.95, 0.99]
    const held = [0, 0, 0]
    for (let run = 0; run < 100; run++) {
      const seconds = Array.from({ length: 40 }, () =>
        second(Array.from({ length: 50 }, () => -Math.log(1 - random.next()) * 20_000)),
      )
      const result = blockBootstrap(seconds, { random, quantiles, resamples: 300 })
      for (const [i, q] of quantiles.entries()) {
        const truth = -Math.log(1 - q) * 20_000
        const [low, high] = result!.quantiles[i]!
        if (low <= truth && truth <= high) held[i]!++
      }
    }
    // Binomial: 95 ± 3 × 2.2; the percentile method covers a little less than it says at the far tail.
    for (const count of held) expect(count).toBeGreaterThanOrEqual(88)
  })

  it('widens when whole seconds are slow together, as requests are', () => {
    const random = seededRandom(3)
    const values = Array.from({ length: 6000 }, () => Math.round(1000 + random.next() * 1000))
    const mixed = Array.from({ length: 60 }, (_, s) =>
      second(values.slice(s * 100, s * 100 + 100).map((v, i) => (i % 10 === 0 ? v * 5 : v))),
    )
    const bursts = Array.from({ length: 60 }, (_, s) =>
      second(values.slice(s * 100, s * 100 + 100).map((v) => (s % 10 === 0 ? v * 5 : v))),
    )
    const width = (seconds: readonly Distribution[]) => {
      const { mean } = blockBootstrap(seconds, { random: seededRandom(1), quantiles: [0.95] })!
      return mean[1] - mean[0]
    }
    expect(width(bursts)).toBeGreaterThan(5 * width(mixed))
  })

  it('is the same for the same seed, and silent about fewer than ten seconds', () => {
    const seconds = Array.from({ length: 12 }, (_, s) => second([1000 + s, 2000, 3000 + 7 * s]))
    const once = () => blockBootstrap(seconds, { random: seededRandom(5), quantiles: [0.5, 0.99] })
    expect(once()).toEqual(once())
    const empty = createTally()
    empty.add(emptyHistogramData)
    expect(blockBootstrap([...seconds.slice(0, 9), empty], { random: seededRandom(5), quantiles: [0.5] })).toBeNull()
  })

  it('never gives a value above the exact maximum', () => {
    const seconds = Array.from({ length: 20 }, () => second([100_001, 100_001]))
    expect(blockBootstrap(seconds, { random: seededRandom(5), quantiles: [0.99] })!.quantiles[0]).toEqual([100_001, 100_001])
  })
})
