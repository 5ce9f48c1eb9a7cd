/** Uniform in [0, 1). */
export type Random = () => number

/** Mulberry32 (Tommy Ettinger): small, fast, and the same numbers for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A log-normal time whose mean (not median) is `mean`: the location is ln(mean) − σ²/2. Box–Muller for the normal. */
export function logNormal(random: Random, { mean, sigma }: { readonly mean: number; readonly sigma: number }): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp(Math.log(mean) - sigma ** 2 / 2 + sigma * normal)
}
