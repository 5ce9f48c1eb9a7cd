/** A rate limiter of the target, as the plan declares it: what a request that it counts looks like, and by what it tells its clients apart. */
export interface LimiterSpec {
  readonly name: string
  readonly request: LimiterRequest
  readonly key: LimiterKeySpec
  /** Statuses that say: too many. */
  readonly refused: readonly number[]
  /** What it promises; absent: nobody said. */
  readonly expect: { readonly ratePerSec?: number; readonly burst?: number }
  /** The test never sends more than so many requests a second. */
  readonly maxPerSec: number
}

/** One request, worth one token. */
export interface LimiterRequest {
  readonly method: string
  /** From the root of the target, with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Written as JSON; absent: no body. */
  readonly json?: unknown
}

/** `address`: the source address, of which loopback has enough; else the value of a header or of a field of the JSON body. */
export type LimiterKeySpec =
  | { readonly kind: 'address' }
  /** `values` absent: a function of the plan has them. */
  | { readonly kind: 'header' | 'json'; readonly name: string; readonly values?: readonly string[] }

/** Less is no time for the test of a limiter: a probe that drains it, and what comes after. */
export const leastLimiterSec = 15
