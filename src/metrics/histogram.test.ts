import { decodeFromCompressedBase64, encodeIntoCompressedBase64, Int32Histogram } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { createHistogram, decodeSparse, emptyHistogramData, mergeHistogramData } from './index.ts'
import type { HistogramData } from '../model/sample.ts'
import { seededRandom } from '../base/random.ts'

describe('a histogram', () => {
  it('gives the same percentiles as the library that decodes it', () => {
    const random = seededRandom(1)
    const histogram = createHistogram()
    for (let i = 0; i < 20_000; i++) histogram.record(1 + Math.exp(random.next() * 22))
    const library = decodeFromCompressedBase64(histogram.snapshot().v2)
    expect(library.totalCount).toBe(20_000)
    for (const p of [1, 25, 50, 75, 90, 95, 99, 99.9]) expect(histogram.quantile(p / 100)).toBe(library.getValueAtPercentile(p))
    expect(histogram.quantile(1)).toBe(histogram.max)
    histogram.destroy()
  })

  it('counts what is no number as rejected and keeps its percentiles', () => {
    const histogram = createHistogram()
    for (let i = 0; i < 10; i++) histogram.record(100)
    for (const bad of [NaN, Infinity, -Infinity, -1]) histogram.record(bad)
    expect([histogram.rejected, histogram.count, histogram.quantile(0.99)]).toEqual([4, 10, 100])
    histogram.destroy()
  })

  it('counts values above the range as overflow, at the end of the range, with the exact maximum', () => {
    const histogram = createHistogram()
    histogram.record(5e9)
    histogram.record(10)
    const copy = createHistogram()
    copy.add(histogram.take())
    expect([copy.overflow, copy.max, copy.min, copy.count, copy.sum]).toEqual([1, 5e9, 10, 2, 5_000_000_010])
    expect(copy.buckets().map(([, count]) => count)).toEqual([1, 1])
    expect(histogram.count).toBe(0)
    expect(histogram.quantile(0.5)).toBeNull()
    histogram.destroy()
    copy.destroy()
  })

  it('does not wrap at 70,000 records of one value', () => {
    const histogram = createHistogram()
    for (let i = 0; i < 70_000; i++) histogram.record(4)
    expect(histogram.buckets()).toEqual([[4, 70_000]])
    expect(decodeFromCompressedBase64(histogram.snapshot().v2).totalCount).toBe(70_000)
    histogram.destroy()
  })
})

describe('a window', () => {
  it.each([1, 127, 128, 129, 300, 5000])(
    'of %d values is read alike by the library and by us, and compresses to the same',
    (n) => {
      const random = seededRandom(n)
      const values = Array.from({ length: n }, () => Math.floor(random.next() ** 6 * 4e9))
      const histogram = createHistogram()
      const library = new Int32Histogram(1, 3_600_000_000, 3)
      for (const round of [0, 1]) {
        library.reset()
        for (const value of values) {
          histogram.record(value + round)
          library.recordValue(Math.min(value + round, 3_600_000_000))
        }
        const expected = [...decodeSparse(encodeIntoCompressedBase64(library)).counts]
        const before = histogram.snapshot()
        const taken = histogram.take()
        expect([...decodeSparse(taken.v2).counts]).toEqual(expected)
        expect(decodeSparse(before.v2)).toEqual(decodeSparse(taken.v2))
        expect(decodeFromCompressedBase64(taken.v2).totalCount).toBe(n)
        const collected = mergeHistogramData([taken])
        expect(decodeSparse(collected.v2)).toEqual(decodeSparse(taken.v2))
        expect(collected.v2.length).toBeLessThanOrEqual(taken.v2.length)
      }
      histogram.destroy()
    },
  )
})

describe('merging', () => {
  it('equals recording everything in one histogram', () => {
    const random = seededRandom(2)
    const [whole, a, b] = [createHistogram(), createHistogram(), createHistogram()]
    for (let i = 0; i < 50_000; i++) {
      const value = Math.round(random.next() ** 4 * 1e5)
      whole.record(value)
      ;(i % 3 === 0 ? a : b).record(value)
    }
    const decoded = (data: HistogramData) => ({ ...data, v2: decodeSparse(data.v2) })
    const expected = decoded(whole.snapshot())
    expect(decoded(mergeHistogramData([a.snapshot(), emptyHistogramData, b.snapshot()]))).toEqual(expected)
    expect(decoded(mergeHistogramData([b.snapshot(), a.snapshot()]))).toEqual(expected)
    for (const each of [whole, a, b]) each.destroy()
  })

  it('of nothing is an empty histogram that other tools can read', () => {
    expect(mergeHistogramData([])).toEqual(emptyHistogramData)
    expect(decodeFromCompressedBase64(emptyHistogramData.v2).totalCount).toBe(0)
    expect(decodeSparse(emptyHistogramData.v2).counts).toHaveLength(0)
  })
})
