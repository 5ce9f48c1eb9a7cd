/**
 * What the test of a rate limiter is at:
 * - `probe`: from idle, requests at a steady rate well above what it lets through: the first burst, then the rate.
 * - `race`: all tokens but one are taken one after the other, then many requests are sent at the same moment.
 * - `bypass`: a key that is refused asks again with something changed that must not matter; and another key asks, which must not be refused.
 * - `boundary`: of a window: its quota just before its end and again just after it.
 * - `retry`: refused, it waits as long as it was told, and asks once more.
 * - `idle`: after a time in which nothing was asked, more than a burst at once.
 * - `cost`: as many requests that are let through as there are refused ones later, for the target's CPU.
 */
export type LimiterStage = 'probe' | 'race' | 'bypass' | 'boundary' | 'retry' | 'idle' | 'cost'

/** What an answer says of the limit, in headers. */
export interface LimitSaid {
  readonly limit?: number
  readonly remaining?: number
  /** Until the quota is whole, or another window begins. */
  readonly resetSec?: number
  /** It comes from `X-RateLimit-Reset`, of which no draft says what it means beside `Retry-After`. */
  readonly isOwnReset?: true
  readonly retryAfterSec?: number
  /** Of `RateLimit-Policy`. */
  readonly policies?: readonly LimitPolicy[]
}

export interface LimitPolicy {
  readonly quota: number
  readonly windowSec?: number
}

export interface LimiterAnswer {
  /** When it was sent, in seconds from the start of the load. */
  readonly at: number
  /** Until it was answered. */
  readonly ms: number
  /** 0: no answer. */
  readonly status: number
  /** Number of the key, from 0. */
  readonly key: number
  /** What it was sent for: `stream`, `one`, `together`, `control`, or what was changed (`x-forwarded-for` …). */
  readonly part: string
  readonly said?: LimitSaid
}

/** One step of the test of a rate limiter, as the run did it. */
export type LimiterStep = { readonly limiter: string; readonly stage: LimiterStage } & (
  | { readonly step: 'begun' | 'ended' }
  | { readonly step: 'answers'; readonly answers: readonly LimiterAnswer[] }
  | { readonly step: 'skipped' | 'failed'; readonly why: string }
)
