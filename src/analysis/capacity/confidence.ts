import { binomialCdf } from '../probability.ts'

/** Of `of` requests, `bad` were late or failed. */
export interface BadShare {
  readonly bad: number
  readonly of: number
}

/**
 * How sure it is that less than `allowed` of all requests are bad: 1 − P(K ≤ bad), were it just `allowed` (binomial; Clopper and Pearson 1934). Requests
 * are taken as independent. Where they queue they are not, and it is less sure than this.
 */
export function surelyBelow({ bad, of }: BadShare, allowed: number): number {
  return of === 0 ? 0 : 1 - binomialCdf(bad, of, allowed)
}

/** How sure it is that more than `allowed` of all requests are bad: 1 − P(K ≥ bad). */
export function surelyAbove({ bad, of }: BadShare, allowed: number): number {
  return of === 0 ? 0 : binomialCdf(bad - 1, of, allowed)
}
