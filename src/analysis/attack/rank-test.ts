import { median } from '../median.ts'
import { normalCdf } from '../probability.ts'

export interface RankTest {
  /** Two-sided. */
  readonly p: number
  /** P(a value of `a` is larger than one of `b`) + half the ties (Vargha & Delaney 2000): 0.5 where they are alike. */
  readonly effect: number
  /** Median of `a` minus that of `b`. */
  readonly difference: number
}

/** Mann and Whitney's U (1947) by its normal approximation, with the correction for ties and for continuity. @returns undefined without values */
export function rankTest(a: readonly number[], b: readonly number[]): RankTest | undefined {
  const [m, n] = [a.length, b.length]
  if (m === 0 || n === 0) return undefined
  const all = [...a.map((value) => ({ value, isA: true })), ...b.map((value) => ({ value, isA: false }))]
  all.sort((x, y) => x.value - y.value)
  let rankSum = 0
  let ties = 0
  for (let from = 0; from < all.length;) {
    let to = from
    while (to < all.length && all[to]?.value === all[from]?.value) to++
    const rank = (from + 1 + to) / 2
    for (let i = from; i < to; i++) if (all[i]?.isA === true) rankSum += rank
    ties += (to - from) ** 3 - (to - from)
    from = to
  }
  const u = rankSum - (m * (m + 1)) / 2
  const total = m + n
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * Math.max(1, total - 1)))
  const away = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5)
  const p = variance <= 0 ? 1 : 2 * (1 - normalCdf(away / Math.sqrt(variance)))
  return { p: Math.min(1, p), effect: u / (m * n), difference: median(a) - median(b) }
}
