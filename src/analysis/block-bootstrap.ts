import type { Random } from '../base/random.ts'
import { rankOf } from '../metrics/index.ts'
import type { Distribution } from '../metrics/index.ts'
import { normalCdf, studentQuantile } from './probability.ts'

export type Interval = readonly [low: number, high: number]

export interface BootstrapOptions {
  readonly random: Random
  readonly quantiles: readonly number[]
  readonly resamples?: number
  readonly confidence?: number
  /** Default true; false: the plain percentile interval, for comparison with published ones. */
  readonly expanded?: boolean
}

export interface BootstrapIntervals {
  readonly mean: Interval
  /** In the order of `quantiles`. */
  readonly quantiles: readonly Interval[]
  readonly blocks: number
}

/** Blocks beyond this are joined in time: longer blocks keep more of the dependence, and the work stays bounded. */
const mostBlocks = 600

/** Fewer blocks than this say nothing about their own spread (our own rule; none is published). */
export const fewestBlocks = 10

/**
 * Intervals of quantiles and mean of a run from its one-second histograms (Künsch 1989 with one block a second; percentile method, Efron &
 * Tibshirani 1993, 13.3, expanded for few blocks, Hesterberg 2015). Requests within a second depend on each other; whole seconds are drawn with replacement, and a sum of histograms is
 * exact. Null with fewer than ten seconds that have samples.
 */
export function blockBootstrap(seconds: readonly Distribution[], options: BootstrapOptions): BootstrapIntervals | null {
  const { random, quantiles, resamples = 1000, confidence = 0.95, expanded = true } = options
  const filled = seconds.filter((second) => second.count > 0)
  if (filled.length < fewestBlocks) return null
  const blocks = cumulate(filled)
  const n = blocks.counts.length
  const weights = new Uint32Array(n)
  const results = Array.from({ length: quantiles.length + 1 }, () => new Float64Array(resamples))
  const whole = weighted(weights.fill(1), blocks.counts, 0)
  const hints = quantiles.map(
    (q) => weightedQuantile(blocks, weights, { rank: rankOf(q, whole), hint: blocks.values.length >>> 1 }).row,
  )
  for (let r = 0; r < resamples; r++) {
    weights.fill(0)
    for (let i = 0; i < n; i++) {
      const drawn = Math.floor(random.next() * n)
      weights[drawn] = (weights[drawn] ?? 0) + 1
    }
    const count = weighted(weights, blocks.counts, 0)
    for (const [i, q] of quantiles.entries()) {
      setAt(results[i], r, weightedQuantile(blocks, weights, { rank: rankOf(q, count), hint: hints[i] ?? 0 }).value)
    }
    setAt(results[quantiles.length], r, weighted(weights, blocks.sums, 0) / count)
  }
  const tail = expanded ? expandedTail(confidence, n) : (1 - confidence) / 2
  const intervals = results.map((values) => percentileInterval(values, tail))
  const mean = intervals.pop()
  return mean === undefined ? null : { mean, quantiles: intervals, blocks: n }
}

interface Blocks {
  readonly counts: Float64Array
  readonly sums: Float64Array
  /** Exact maximum over all blocks: no quantile is above it. */
  readonly max: number
  /** Values of the buckets that any block uses, ascending. */
  readonly values: Float64Array
  /** For each of them, how many samples each block has up to there: row after row. */
  readonly upTo: Float64Array
}

function cumulate(seconds: readonly Distribution[]): Blocks {
  const per = Math.ceil(seconds.length / mostBlocks)
  const n = Math.ceil(seconds.length / per)
  const values = Float64Array.from(new Set(seconds.flatMap((second) => [...second.sparse().values]))).sort()
  const rowOf = new Map(Array.from(values, (value, row) => [value, row]))
  const blocks: Blocks = {
    counts: new Float64Array(n),
    sums: new Float64Array(n),
    max: seconds.reduce((max, second) => Math.max(max, second.max), 0),
    values,
    upTo: new Float64Array(n * values.length),
  }
  for (const [s, second] of seconds.entries()) {
    const block = Math.floor(s / per)
    addAt(blocks.counts, block, second.count)
    addAt(blocks.sums, block, second.sum)
    const sparse = second.sparse()
    for (let i = 0; i < sparse.counts.length; i++)
      addAt(blocks.upTo, (rowOf.get(sparse.values[i] ?? 0) ?? 0) * n + block, sparse.counts[i] ?? 0)
  }
  for (let at = n; at < blocks.upTo.length; at++) addAt(blocks.upTo, at, blocks.upTo[at - n] ?? 0)
  return blocks
}

/** First bucket at which the weighted count reaches the rank: in steps that double from where the sample has it, then by bisection. */
function weightedQuantile(
  { values, upTo, max }: Blocks,
  weights: Uint32Array,
  { rank, hint }: { rank: number; hint: number },
): { row: number; value: number } {
  const reaches = (row: number) => weighted(weights, upTo, row * weights.length) >= rank
  let low = 0
  let high = values.length - 1
  if (reaches(hint)) {
    high = hint
    for (let step = 4; low < high - step; step *= 2) {
      if (!reaches(hint - step)) low = hint - step + 1
      else high = hint - step
      if (low > 0) break
    }
  } else {
    low = Math.min(high, hint + 1)
    for (let step = 4; hint + step < high; step *= 2) {
      if (reaches(hint + step)) high = hint + step
      else low = hint + step + 1
      if (high < values.length - 1) break
    }
  }
  while (low < high) {
    const middle = (low + high) >>> 1
    if (reaches(middle)) high = middle
    else low = middle + 1
  }
  return { row: low, value: Math.min(values[low] ?? 0, max) }
}

// hot
function weighted(weights: Uint32Array, row: Float64Array, start: number): number {
  let sum = 0
  for (let b = 0; b < weights.length; b++) sum += (weights[b] ?? 0) * (row[start + b] ?? 0)
  return sum
}

/**
 * A bootstrap of n blocks draws from a spread that is too small by sqrt((n-1)/n) and takes normal for Student's quantiles; both matter for a
 * dozen blocks. Hesterberg, What Teachers Should Know About the Bootstrap, The American Statistician 69 (2015), 5.3: the tail that is cut off is
 * Phi(-sqrt(n/(n-1)) t(1-a/2, n-1)) instead of a/2.
 */
function expandedTail(confidence: number, blocks: number): number {
  return normalCdf(-Math.sqrt(blocks / (blocks - 1)) * studentQuantile(1 - (1 - confidence) / 2, blocks - 1))
}

function percentileInterval(values: Float64Array, tail: number): Interval {
  const sorted = values.toSorted()
  const low = Math.max(0, Math.round(tail * (sorted.length + 1)) - 1)
  return [sorted[low] ?? 0, sorted[sorted.length - 1 - low] ?? 0]
}

function addAt(array: Float64Array, index: number, value: number): void {
  array[index] = (array[index] ?? 0) + value
}

function setAt(array: Float64Array | undefined, index: number, value: number): void {
  if (array) array[index] = value
}
