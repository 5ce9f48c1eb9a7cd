import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded source of numbers in [0, 1). */
export interface Random {
  next(): number
}

/** A stream that depends only on `seed` and `stream`: the same pair gives the same numbers in every thread and run. */
export function seededRandom(seed: number, stream = 0): Random {
  const generator = xoroshiro128plus(mix(seed ^ mix(stream + 0x9e3779b9)))
  return { next: () => uniformFloat64(generator) }
}

/** Murmur3's 32-bit finaliser: spreads neighbouring seeds far apart. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
