import { binomialCdf } from './probability.ts'

/** One-sided 95 % upper bound of a share of which `count` in `of` were seen (Clopper and Pearson 1934); for none it is near 3/n, the rule of three. Null: nothing was looked at. */
export function upperShare(count: number, of: number): number | null {
  if (of <= 0) return null
  if (count >= of) return 1
  let [low, high] = [count / of, 1]
  // The chance of so few falls as the share grows: halved until the bound is known to nine digits.
  for (let i = 0; i < 60 && high - low > 1e-9 * high; i++) {
    const middle = (low + high) / 2
    if (binomialCdf(count, of, middle) > 0.05) low = middle
    else high = middle
  }
  return high
}
