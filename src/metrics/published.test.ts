import { decodeFromCompressedBase64, encodeIntoCompressedBase64, Int32Histogram } from 'hdr-histogram-js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import published from '../../test/data/hdrhistogram.json' with { type: 'json' }
import {
  bucketHighest,
  bucketIndex,
  bucketLowest,
  createHistogram,
  decodeSparse,
  encodeSparse,
  highestValue,
  layoutOf,
  rankOf,
} from './index.ts'
import { emptyHistogramData, mergedDistribution, recordWithExpectedInterval } from './index.ts'
import type { Histogram } from './index.ts'

describe('the published scenario of coordinated omission', () => {
  const { co_scenario: scenario } = published

  /** 100 s at 10 ms a request: all well for 10,000 of them, then one of 100 s. */
  function recorded(interval: number): Histogram {
    const histogram = createHistogram()
    for (let i = 0; i < 10_000; i++) recordWithExpectedInterval(histogram, 1000, interval)
    recordWithExpectedInterval(histogram, 100_000_000, interval)
    return histogram
  }

  it.each([
    {
      kind: 'raw',
      interval: 0,
      total: scenario.raw_total,
      percentiles: scenario.raw,
      mean: scenario.mean_raw,
      below: scenario.percentile_at_or_below_5ms.raw,
    },
    {
      kind: 'corrected',
      interval: 10_000,
      total: scenario.corrected_total,
      percentiles: scenario.corrected,
      mean: scenario.mean_corrected,
      below: scenario.percentile_at_or_below_5ms.corrected,
    },
  ])('has its $kind percentiles, total and mean', ({ interval, total, percentiles, mean, below }) => {
    const histogram = recorded(interval)
    expect(histogram.count).toBe(total)
    for (const [p, value] of Object.entries(percentiles)) {
      expect(Math.abs((histogram.quantile(Number(p) / 100) ?? 0) / value - 1), `p${p}`).toBeLessThanOrEqual(
        scenario.tolerance_rel,
      )
    }
    // Ours is exact where theirs is a mean of buckets.
    expect(Math.abs(histogram.sum / histogram.count / mean - 1)).toBeLessThanOrEqual(scenario.tolerance_rel)
    expect((100 * histogram.countAtOrBelow(5000)) / histogram.count).toBeCloseTo(below, 2)
    histogram.destroy()
  })

  it('is walked in as many linear and logarithmic steps', () => {
    const raw = recorded(0)
    let linear = 1
    for (let step = 100_000; raw.countAtOrBelow(step - 1) < raw.count; step += 100_000) if (step < raw.max) linear++
    expect(linear).toBe(scenario.linear_buckets_100ms_raw)
    const edges = Array.from({ length: 15 }, (_, i) => 10_000 * 2 ** i)
    const counts = edges.map(
      (edge, i) => raw.countAtOrBelow(edge - 1) - (i === 0 ? 0 : raw.countAtOrBelow((edges[i - 1] ?? 0) - 1)),
    )
    expect(`${counts.length} (index 0:${counts[0]!}, index 14:${counts[14]!})`).toBe(scenario.log_buckets_10ms_x2_raw)
    expect(counts.slice(1, 14).every((count) => count === 0)).toBe(true)
    raw.destroy()
  })

  it('lies in as many counters', () => {
    expect(layoutOf(scenario.config).countsLength).toBe(scenario.counts_array_length)
    // The library counts 1 KiB for its fields.
    expect(layoutOf(scenario.config).countsLength * 8 + 1024).toBe(published.bytes_3digits_1us_to_1h)
  })
})

describe('percentiles at their edges', () => {
  it.each(published.percentile_edges)('p$p of $values is $v', ({ values, p, v }) => {
    const histogram = createHistogram()
    for (const value of values) histogram.record(value)
    expect(histogram.quantile(p / 100)).toBe(v)
    histogram.destroy()
  })

  it('take the rank that an exact fraction names', () => {
    for (let n = 1; n <= 300; n++) for (let k = 1; k <= n; k++) expect(rankOf(k / n, n)).toBe(k)
  })
})

describe('the layout of buckets', () => {
  it.each(published.index_math)('of $lowest to $highest is the published one', ({ lowest, highest, digits, ...expected }) => {
    expect(layoutOf({ lowest, highest, digits })).toMatchObject(expected)
  })

  it('is that of the library for any value, and never off by more than a thousandth', () => {
    const library = new Int32Histogram(1, highestValue, 3)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: highestValue }), (value) => {
        const index = bucketIndex(value)
        expect(index).toBe(library.countsArrayIndex(value))
        expect(bucketHighest(index)).toBe(library.highestEquivalentValue(value))
        expect(bucketLowest(index)).toBe(library.lowestEquivalentValue(value))
        expect(bucketHighest(index) - bucketLowest(index)).toBeLessThanOrEqual(value / 1000)
      }),
      { seed: 1, numRuns: 2000 },
    )
  })
})

describe('the V2 encoding', () => {
  it('decodes the published example', () => {
    const { indexes, values, counts } = decodeSparse(published.js_summary_example.encoded)
    expect([...values]).toEqual([published.js_summary_example.value])
    expect([indexes.length, counts[0]]).toEqual([1, 1])
  })

  it('survives a round trip, and the library reads the same from it', () => {
    const buckets = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 23_000 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })), {
      selector: ([i]) => i,
      maxLength: 60,
    })
    fc.assert(
      fc.property(buckets, (list) => {
        const sorted = list.toSorted(([a], [b]) => a - b)
        const v2 = encodeSparse(
          sorted.map(([index]) => index),
          sorted.map(([, count]) => count),
        )
        const { indexes, counts } = decodeSparse(v2)
        expect(Array.from(indexes, (index, i) => [index, counts[i]])).toEqual(sorted)
        const library = decodeFromCompressedBase64(v2, 64)
        expect(library.totalCount).toBe(sorted.reduce((sum, [, count]) => sum + count, 0))
      }),
      { seed: 2, numRuns: 200 },
    )
  })

  it('carries counts beyond 32 bits', () => {
    const { counts } = decodeSparse(encodeSparse([5], [2 ** 40 + 3]))
    expect([...counts]).toEqual([2 ** 40 + 3])
  })

  it('refuses what is not a histogram of ours', () => {
    expect(() => decodeSparse('')).toThrow('not a V2')
    expect(() => decodeSparse('HISTFAAAAAAA')).toThrow()
    const twoDigits = new Int32Histogram(1, highestValue, 2)
    twoDigits.recordValue(5)
    expect(() => decodeSparse(encodeIntoCompressedBase64(twoDigits))).toThrow('expected a histogram of 3 digits')
  })
})

describe('a distribution', () => {
  it('of merged data answers like the histogram it came from', () => {
    const histogram = createHistogram()
    for (let i = 1; i <= 5000; i++) histogram.record(i * 7)
    const merged = mergedDistribution([emptyHistogramData, histogram.snapshot(), emptyHistogramData])
    for (const q of [0, 0.001, 0.5, 0.99, 1]) expect(merged.quantile(q)).toBe(histogram.quantile(q))
    for (const value of [-1, 0, 6, 7, 700, 20_000, 35_000, 1e10])
      expect(merged.countAtOrBelow(value)).toBe(histogram.countAtOrBelow(value))
    expect(merged.buckets()).toEqual(histogram.buckets())
    expect([merged.valueAtRank(0), merged.valueAtRank(1), merged.valueAtRank(5001)]).toEqual([null, 7, null])
    histogram.destroy()
  })
})
