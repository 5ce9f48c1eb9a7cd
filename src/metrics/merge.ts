import type { HistogramData } from '../model/sample.ts'
import { bucketCount, bucketHighest } from './bucket-layout.ts'
import { rankOf, sparseValueAtRank } from './distribution.ts'
import type { Distribution } from './distribution.ts'
import { bucketPairs, sparseCountAtOrBelow } from './histogram.ts'
import { decodeSparse, encodeSparse, recompress } from './v2-codec.ts'
import type { SparseCounts } from './v2-codec.ts'

/** A histogram of nothing. */
export const emptyHistogramData: HistogramData = Object.freeze({
  v2: encodeSparse([], []),
  count: 0,
  sum: 0,
  sumSquares: 0,
  min: 0,
  max: 0,
  overflow: 0,
})

/** Counts of many histograms added up, in doubles: exact below 2^53 and in any order. */
export interface Tally extends Distribution {
  add(data: HistogramData): void
  addDistribution(other: Distribution): void
  data(): HistogramData
  /** Keeps only the buckets in use: for a tally that is kept, but not added to soon. */
  compact(): void
}

export function createTally(): Tally {
  return new DoubleTally()
}

/** One distribution of several histograms. */
export function mergedDistribution(list: Iterable<HistogramData>): Distribution {
  const tally = new DoubleTally()
  for (const data of list) tally.add(data)
  return tally
}

/** One histogram of several, exactly as if everything had been recorded into it. */
export function mergeHistogramData(list: readonly HistogramData[]): HistogramData {
  const filled = list.filter((data) => data.count > 0)
  const [first] = filled
  if (first === undefined) return emptyHistogramData
  if (filled.length === 1) return { ...first, v2: recompress(first.v2) }
  const tally = new DoubleTally()
  for (const data of filled) tally.add(data)
  return tally.data()
}

/** Sliding windows and totals by name read the same seconds again and again: the latest decoded histograms are kept (about 10 MB). */
const mostRecent = 1024
const recent = new Map<HistogramData, SparseCounts>()

function decodeRecent(data: HistogramData): SparseCounts {
  const known = recent.get(data)
  if (known) return known
  const sparse = decodeSparse(data.v2)
  recent.set(data, sparse)
  const oldest = recent.size > mostRecent ? recent.keys().next().value : undefined
  if (oldest) recent.delete(oldest)
  return sparse
}

class DoubleTally implements Tally {
  count = 0
  sum = 0
  sumSquares = 0
  min = 0
  max = 0
  overflow = 0
  #counts: Float64Array | undefined
  #read: SparseCounts | undefined

  add(data: HistogramData): void {
    if (data.count > 0) this.#addCounts(data, decodeRecent(data))
  }

  addDistribution(other: Distribution): void {
    if (other.count > 0) this.#addCounts(other, other.sparse())
  }

  #addCounts(of: Omit<HistogramData, 'v2'>, sparse: SparseCounts): void {
    if (this.count === 0) {
      this.#read = sparse
      this.min = of.min
    } else {
      const dense = this.#dense()
      for (let i = 0; i < sparse.indexes.length; i++)
        dense[sparse.indexes[i] ?? 0] = (dense[sparse.indexes[i] ?? 0] ?? 0) + (sparse.counts[i] ?? 0)
      this.#read = undefined
      this.min = Math.min(this.min, of.min)
    }
    this.max = Math.max(this.max, of.max)
    this.count += of.count
    this.sum += of.sum
    this.sumSquares += of.sumSquares
    this.overflow += of.overflow
  }

  /** A tally of one histogram stays sparse: most of them are never added to. */
  #dense(): Float64Array {
    if (this.#counts) return this.#counts
    this.#counts = new Float64Array(bucketCount)
    const { indexes, counts } = this.sparse()
    for (let i = 0; i < indexes.length; i++) this.#counts[indexes[i] ?? 0] = counts[i] ?? 0
    return this.#counts
  }

  sparse(): SparseCounts {
    this.#read ??= sparseOf(this.#counts ?? new Float64Array(0))
    return this.#read
  }

  compact(): void {
    this.sparse()
    this.#counts = undefined
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

  data(): HistogramData {
    const { indexes, counts } = this.sparse()
    const { count, sum, sumSquares, min, max, overflow } = this
    return { v2: encodeSparse(indexes, counts), count, sum, sumSquares, min, max, overflow }
  }
}

function sparseOf(dense: Float64Array): SparseCounts {
  let found = 0
  for (const count of dense) if (count > 0) found++
  const indexes = new Uint16Array(found)
  const values = new Float64Array(found)
  const counts = new Float64Array(found)
  let at = 0
  for (let index = 0; at < found; index++) {
    const count = dense[index] ?? 0
    if (count === 0) continue
    indexes[at] = index
    values[at] = bucketHighest(index)
    counts[at++] = count
  }
  return { indexes, values, counts }
}
