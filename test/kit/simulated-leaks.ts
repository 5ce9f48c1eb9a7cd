import { seededRandom } from '../../src/base/random.ts'
import type { ResourceReading } from '../../src/analysis/index.ts'

export interface HeapTruth {
  readonly bytesPerRequest: number
  /** A cache that fills up: bytes in all, and its time constant. */
  readonly cache?: { readonly bytes: number; readonly tauSec: number }
  readonly perSec?: number
  readonly seconds?: number
}

/** A heap under load (twenty minutes at 200 requests a second), read every second: garbage grows until a collection of random size takes it away. */
export function simulateHeap(
  { bytesPerRequest, cache, perSec = 200, seconds = 1200 }: HeapTruth,
  seed: number,
): readonly ResourceReading[] {
  const random = seededRandom(seed, 77)
  let garbage = 0
  let room = 0
  return Array.from({ length: seconds }, (_, tSec) => {
    garbage += perSec * 40_000 * (0.8 + 0.4 * random.next())
    if (garbage > room) {
      // A collection leaves a little behind, now more, now less.
      garbage = 400_000 * random.next()
      room = 20e6 + 60e6 * random.next()
    }
    const requests = perSec * (tSec + 1)
    const cached = cache ? cache.bytes * (1 - Math.exp(-tSec / cache.tauSec)) : 0
    return { tSec, requests, value: 50e6 + cached + bytesPerRequest * requests + garbage }
  })
}
