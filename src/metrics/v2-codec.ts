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

/** The plain V2 bytes as standard compressed base64. Level 1: half the bytes of level 0; higher levels save next to nothing on such short texts. */
export function packDeflated(plain: Uint8Array): string {
  return pack(deflateSync(plain, { level: 1 }))
}

/**
 * The same without compression: a zlib stream may hold a stored block (RFC 1951, 3.2.4), which any reader takes. On the thread that generates
 * the load a window must cost as little as possible; whoever collects it compresses.
 */
export function packStored(plain: Uint8Array): string {
  if (plain.length > 65_535) return packDeflated(plain)
  const out = Buffer.allocUnsafe(plain.length + 11)
  out.writeUInt16BE(0x7801, 0)
  out[2] = 1
  out.writeUInt16LE(plain.length, 3)
  out.writeUInt16LE(65_535 - plain.length, 5)
  out.set(plain, 7)
  out.writeUInt32BE(adler32(plain), plain.length + 7)
  return pack(out)
}

function pack(zlib: Buffer): string {
  const out = Buffer.allocUnsafe(8 + zlib.length)
  out.writeInt32BE(compressedCookie, 0)
  out.writeInt32BE(zlib.length, 4)
  out.set(zlib, 8)
  return out.toString('base64')
}

/** RFC 1950, 8.2. */
function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (let start = 0; start < bytes.length; start += 5552) {
    const end = Math.min(bytes.length, start + 5552)
    for (let i = start; i < end; i++) {
      a += bytes[i] ?? 0
      b += a
    }
    a %= 65_521
    b %= 65_521
  }
  return b * 65_536 + a
}

/** Compresses what was stored. */
export function recompress(v2: string): string {
  const zlib = unpack(v2)
  return isStored(zlib) ? packDeflated(inflate(zlib)) : v2
}

function unpack(v2: string): Buffer {
  const packed = Buffer.from(v2, 'base64')
  if (packed.length < 15 || packed.readInt32BE(0) !== compressedCookie) throw new Error('not a V2 compressed histogram')
  return packed.subarray(8, 8 + packed.readInt32BE(4))
}

function isStored(zlib: Buffer): boolean {
  return zlib.readUInt16BE(0) === 0x7801 && zlib[2] === 1
}

/** A stored block needs no decompressor. */
function inflate(zlib: Buffer): Buffer {
  if (!isStored(zlib)) return inflateSync(zlib)
  const length = zlib.readUInt16LE(3)
  if (zlib.length < length + 11) throw new Error('a V2 histogram is cut short')
  return zlib.subarray(7, 7 + length)
}

/** The library writes the integer 1 where Java reads the double 1.0 (the ratio of a DoubleHistogram). Changes the bytes in place. */
export function withJavaRatio(plain: Uint8Array): Uint8Array {
  new DataView(plain.buffer, plain.byteOffset).setFloat64(32, 1)
  return plain
}

/** Encodes counts by bucket index (ascending). */
export function encodeSparse(indexes: ArrayLike<number>, counts: ArrayLike<number>): string {
  return packDeflated(plainOf(indexes, counts))
}

/** The plain V2 bytes of counts by bucket index. */
export function plainOf(indexes: ArrayLike<number>, counts: ArrayLike<number>): Uint8Array {
  const bytes = Buffer.alloc(headerBytes + 1 + indexes.length * 12)
  bytes.writeInt32BE(cookie, 0)
  bytes.writeInt32BE(significantDigits, 12)
  bytes.writeBigInt64BE(BigInt(lowestValue), 16)
  bytes.writeBigInt64BE(BigInt(highestValue), 24)
  bytes.writeDoubleBE(1, 32)
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
  return bytes.subarray(0, at)
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
  return decodePlain(inflate(unpack(v2)))
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
