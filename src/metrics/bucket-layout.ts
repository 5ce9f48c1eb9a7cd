/**
 * The bucket layout of HdrHistogram for 3 digits, lowest 1, highest 3.6e9 (H. Gil Tene, HdrHistogram, `AbstractHistogram.countsArrayIndex`):
 * 2^ceil(log2(2·10^3)) = 2048 linear buckets, then 1024 for each further power of two.
 */
export const lowestValue = 1
export const highestValue = 3_600_000_000
export const significantDigits = 3

const subBuckets = 2048
const halfMagnitude = 10
const half = subBuckets / 2

/** Index of the bucket of an integer in 0 … 3.6e9. */
export function bucketIndex(value: number): number {
  if (value < subBuckets) return value
  // 2^31 < 3.6e9 < 2^32: clz32 sees the value as unsigned.
  const bucket = 31 - Math.clz32(value) - halfMagnitude
  return ((bucket + 1) << halfMagnitude) + ((value >>> bucket) - half)
}

/** The sizes that HdrHistogram derives from a range and a number of digits. */
export function layoutOf({ lowest, highest, digits }: { lowest: number; highest: number; digits: number }) {
  const subBucketCount = 2 ** Math.ceil(Math.log2(2 * 10 ** digits))
  const unitMagnitude = Math.floor(Math.log2(lowest))
  let buckets = 1
  for (let beyond = subBucketCount * 2 ** unitMagnitude; beyond <= highest; beyond *= 2) buckets++
  return { subBucketCount, unitMagnitude, bucketCount: buckets, countsLength: (buckets + 1) * (subBucketCount / 2) }
}

/** Counters that cover our range: 23,552. */
export const bucketCount = layoutOf({ lowest: lowestValue, highest: highestValue, digits: significantDigits }).countsLength

// Read for each bucket of each second of a record: looked up, since 2 ** n costs ten times as much.
const lowests = new Float64Array(bucketCount)
const highests = new Float64Array(bucketCount)
for (let index = 0; index < bucketCount; index++) {
  const width = index < subBuckets ? 1 : 2 ** ((index >>> halfMagnitude) - 1)
  const lowest = index < subBuckets ? index : ((index & (half - 1)) + half) * width
  lowests[index] = lowest
  highests[index] = lowest + width - 1
}

/** Smallest value of a bucket. */
export function bucketLowest(index: number): number {
  return lowests[index] ?? NaN
}

/** Largest value of a bucket: what a percentile that falls into it reports. */
export function bucketHighest(index: number): number {
  return highests[index] ?? NaN
}
