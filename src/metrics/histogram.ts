import { initWebAssemblySync, WasmHistogram } from 'hdr-histogram-js'
import type { HistogramData } from '../model/sample.ts'
import { bucketHighest, bucketIndex, bucketLowest, highestValue, lowestValue, significantDigits } from './bucket-layout.ts'
import { decodePlain, decodeSparse, packDeflated, packStored, plainOf, withJavaRatio } from './v2-codec.ts'
import type { SparseCounts } from './v2-codec.ts'
import { rankOf, sparseValueAtRank } from './distribution.ts'
import type { Distribution } from './distribution.ts'

/** A histogram that is recorded into: 3 digits, 1 … 3.6e9, with exact companions. Call `destroy` when done: its counters live outside the garbage collector. */
export interface Histogram extends Distribution {
  /** Values that were no numbers, infinite or negative: not recorded. */
  readonly rejected: number
  /** Hot. Fractions are rounded; a value above the range is counted at its end and as overflow. */
  record(value: number): void
  add(data: HistogramData): void
  addHistogram(other: Distribution): void
  /** The data so far, and an empty histogram. The encoding is stored, not deflated (hot); merging compresses it. */
  take(): HistogramData
  snapshot(): HistogramData
  reset(): void
  destroy(): void
}

/** 32-bit counters: right for windows of seconds, which no thread fills with four thousand million values. What accumulates over a run is merged in doubles (`mergedDistribution`). */
export function createHistogram(): Histogram {
  initWebAssemblySync()
  return new GuardedHistogram()
}

const mostFew = 128

const layout = {
  bitBucketSize: 32,
  autoResize: false,
  lowestDiscernibleValue: lowestValue,
  highestTrackableValue: highestValue,
  numberOfSignificantValueDigits: significantDigits,
} as const

class GuardedHistogram implements Histogram {
  count = 0
  sum = 0
  sumSquares = 0
  min = 0
  max = 0
  overflow = 0
  rejected = 0
  /** The first values of a window, as bucket indexes. Most series see only a few a second: they never need the 94 kB of counters. */
  readonly #few = new Uint16Array(mostFew)
  #fewCount = 0
  #wasm: WasmHistogram | undefined
  #wasmUsed = false
  #read: SparseCounts | undefined

  // hot
  record(value: number): void {
    // NaN fails both comparisons; the library would count it and break every percentile.
    if (!(value >= 0 && value < Infinity)) {
      this.rejected++
      return
    }
    const whole = Math.round(value)
    if (this.count === 0 || whole < this.min) this.min = whole
    if (whole > this.max) this.max = whole
    this.count++
    this.sum += whole
    this.sumSquares += whole * whole
    this.#read = undefined
    if (whole > highestValue) this.overflow++
    const kept = Math.min(whole, highestValue)
    if (this.#wasmUsed) this.#wasm?.recordValue(kept)
    else if (this.#fewCount < mostFew) this.#few[this.#fewCount++] = bucketIndex(kept)
    else this.#counters().recordValue(kept)
  }

  /** Moves to counters. */
  #counters(): WasmHistogram {
    this.#wasm ??= WasmHistogram.build(layout)
    this.#wasmUsed = true
    for (let i = 0; i < this.#fewCount; i++) this.#wasm.recordValue(bucketLowest(this.#few[i] ?? 0))
    this.#fewCount = 0
    return this.#wasm
  }

  #plain(): Uint8Array {
    if (this.#wasm !== undefined && this.#wasmUsed) return withJavaRatio(this.#wasm.encode())
    const { indexes, counts } = runLengths(this.#few.subarray(0, this.#fewCount).sort())
    return plainOf(indexes, counts)
  }

  add(data: HistogramData): void {
    if (data.count > 0) this.#addCounts(data, decodeSparse(data.v2))
  }

  addHistogram(other: Distribution): void {
    if (other.count > 0) this.#addCounts(other, other.sparse())
  }

  #addCounts(of: Omit<HistogramData, 'v2'>, { values, counts }: SparseCounts): void {
    const wasm = this.#counters()
    // The top bucket reaches beyond the range; its values were recorded at the range's end.
    for (let i = 0; i < counts.length; i++) wasm.recordValueWithCount(Math.min(values[i] ?? 0, highestValue), counts[i] ?? 0)
    this.min = this.count === 0 ? of.min : Math.min(this.min, of.min)
    this.max = Math.max(this.max, of.max)
    this.count += of.count
    this.sum += of.sum
    this.sumSquares += of.sumSquares
    this.overflow += of.overflow
    this.#read = undefined
  }

  snapshot(): HistogramData {
    return this.#data(packDeflated(this.#plain()))
  }

  take(): HistogramData {
    const data = this.#data(packStored(this.#plain()))
    this.reset()
    return data
  }

  #data(v2: string): HistogramData {
    const { count, sum, sumSquares, min, max, overflow } = this
    return { v2, count, sum, sumSquares, min, max, overflow }
  }

  sparse(): SparseCounts {
    this.#read ??= decodePlain(this.#plain())
    return this.#read
  }

  quantile(q: number): number | null {
    return this.count === 0 ? null : this.valueAtRank(rankOf(q, this.count))
  }

  valueAtRank(rank: number): number | null {
    return rank < 1 || rank > this.count ? null : Math.min(sparseValueAtRank(this.sparse(), rank), this.max)
  }

  countAtOrBelow(value: number): number {
    return sparseCountAtOrBelow(this.sparse(), value)
  }

  buckets(): [value: number, count: number][] {
    return bucketPairs(this.sparse())
  }

  reset(): void {
    if (this.#wasmUsed) this.#wasm?.reset()
    this.#wasmUsed = false
    this.#fewCount = 0
    this.#read = undefined
    this.count = this.sum = this.sumSquares = this.min = this.max = this.overflow = this.rejected = 0
  }

  destroy(): void {
    this.#wasm?.destroy()
    this.#wasm = undefined
    this.#wasmUsed = false
  }
}

export function sparseCountAtOrBelow({ values, counts }: SparseCounts, value: number): number {
  if (!(value >= 0)) return 0
  const top = bucketHighest(bucketIndex(Math.min(Math.floor(value), highestValue)))
  let total = 0
  for (let i = 0; i < counts.length && (values[i] ?? 0) <= top; i++) total += counts[i] ?? 0
  return total
}

export function bucketPairs({ values, counts }: SparseCounts): [value: number, count: number][] {
  return Array.from(values, (value, i) => [value, counts[i] ?? 0])
}

/** Equal neighbours of a sorted list, with how many there are. */
function runLengths(sorted: Uint16Array): { indexes: number[]; counts: number[] } {
  const indexes: number[] = []
  const counts: number[] = []
  for (const index of sorted) {
    const last = indexes.length - 1
    if (last >= 0 && indexes[last] === index) counts[last] = (counts[last] ?? 0) + 1
    else {
      indexes.push(index)
      counts.push(1)
    }
  }
  return { indexes, counts }
}
