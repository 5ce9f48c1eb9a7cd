import { deflateSync, inflateSync } from 'node:zlib'
import { bucketHighest, highestValue, lowestValue, significantDigits } from './bucket-layout.ts'

/**
 * HdrHistogram's V2 encoding (`EncodableHistogram`, `ZigZagEncoding` of the Java original): a 40-byte header, then a ZigZag LEB128 word a
 * bucket, in which a negative word is a run of empty buckets; deflated behind a cookie and a length, in base64.
 */
const cookie = 0x1c849313
const compressedCookie = 0x1c849314
const headerBytes = 40

/** The buckets of a histogram that are not empty, in ascending order. */
export interface SparseCounts {
  readonly indexes: Uint16Array
  /** Largest value of each bucket. */
  readonly values: Float64Array
  readonly counts: Float64Array
}

/** Wraps the plain V2 bytes of a histogram as standard compressed base64. */
export function compressV2(plain: Uint8Array): string {
  // The library writes the integer 1 where Java reads the double 1.0 (the ratio of a DoubleHistogram).
  new DataView(plain.buffer, plain.byteOffset).setFloat64(32, 1)
  // Level 1: half the bytes of level 0 for 20 µs; higher levels cost more and save next to nothing on such short texts.
  const packed = deflateSync(plain, { level: 1 })
  const out = Buffer.allocUnsafe(8 + packed.length)
  out.writeInt32BE(compressedCookie, 0)
  out.writeInt32BE(packed.length, 4)
  packed.copy(out, 8)
  return out.toString('base64')
}

/** Encodes counts by bucket index (ascending). */
export function encodeSparse(indexes: ArrayLike<number>, counts: ArrayLike<number>): string {
  const bytes = Buffer.alloc(headerBytes + 1 + indexes.length * 12)
  bytes.writeInt32BE(cookie, 0)
  bytes.writeInt32BE(significantDigits, 12)
  bytes.writeBigInt64BE(BigInt(lowestValue), 16)
  bytes.writeBigInt64BE(BigInt(highestValue), 24)
  let at = headerBytes
  let next = 0
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i] ?? 0
    const gap = index - next
    if (gap === 1) at = writeWord(bytes, at, 0)
    else if (gap > 1) at = writeWord(bytes, at, 2 * gap - 1)
    at = writeWord(bytes, at, 2 * (counts[i] ?? 0))
    next = index + 1
  }
  if (indexes.length === 0) at = writeWord(bytes, at, 0)
  bytes.writeInt32BE(at - headerBytes, 4)
  return compressV2(bytes.subarray(0, at))
}

/** LEB128 by arithmetic, because shifts end at 32 bits. A ninth byte is never needed below 2^53. */
function writeWord(bytes: Uint8Array, start: number, word: number): number {
  let at = start
  let rest = word
  while (rest >= 128) {
    bytes[at++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  bytes[at++] = rest
  return at
}

let indexScratch = new Uint16Array(4096)
let countScratch = new Float64Array(4096)

/** Buckets and counts straight from the text, without building a histogram. Throws on anything but a V2 histogram of our layout. */
export function decodeSparse(v2: string): SparseCounts {
  const packed = Buffer.from(v2, 'base64')
  if (packed.length < 8 || packed.readInt32BE(0) !== compressedCookie) throw new Error('not a V2 compressed histogram')
  return decodePlain(inflateSync(packed.subarray(8, 8 + packed.readInt32BE(4))))
}

/** The same from plain V2 bytes. */
export function decodePlain(plain: Uint8Array): SparseCounts {
  const header = new DataView(plain.buffer, plain.byteOffset, plain.byteLength)
  if (plain.length < headerBytes || header.getInt32(0) !== cookie) throw new Error('not a V2 histogram')
  if (header.getInt32(12) !== significantDigits || Number(header.getBigInt64(16)) !== lowestValue) {
    throw new Error(`expected a histogram of ${significantDigits} digits from ${lowestValue}`)
  }
  const end = headerBytes + header.getInt32(4)
  if (end > plain.length) throw new Error('a V2 histogram is cut short')
  let at = headerBytes
  let index = 0
  let found = 0
  while (at < end) {
    let byte = plain[at++] ?? 0
    let word = byte & 127
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = plain[at++] ?? 0
      word += (byte & 127) * scale
    }
    if (word % 2 === 1) index += (word + 1) / 2
    else {
      if (word > 0) {
        if (found === indexScratch.length) grow()
        indexScratch[found] = index
        countScratch[found++] = word / 2
      }
      index++
    }
  }
  const indexes = indexScratch.slice(0, found)
  const values = new Float64Array(found)
  for (let i = 0; i < found; i++) values[i] = bucketHighest(indexes[i] ?? 0)
  return { indexes, values, counts: countScratch.slice(0, found) }
}

function grow(): void {
  const indexes = new Uint16Array(indexScratch.length * 2)
  const counts = new Float64Array(countScratch.length * 2)
  indexes.set(indexScratch)
  counts.set(countScratch)
  indexScratch = indexes
  countScratch = counts
}
