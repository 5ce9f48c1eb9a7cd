import type { LinkAction } from './link-fault.ts'

/**
 * What the test of a circuit breaker is at. Each stage lays what it needs on the link and waits for what the breaker makes of it:
 * - `baseline`: nothing is laid; calls a client request are counted.
 * - `one-failure`: one call fails, in calm before the breaker ever opened (`fresh`), or just after it closed (`closed`).
 * - `errors`: every call fails at once, until it opens; the first time also while it stays open and tries again.
 * - `slow-probe`: calls are answered well, and late: how many does it let through before it knows?
 * - `hanging-probe`: no call is ever answered: does it give its probe up?
 * - `recovery`: nothing is laid, until it closes.
 * - `client-errors`, `resets`, `no-answer`: is it a failure to the breaker?
 * - `together`: the calls in flight fail at the same moment.
 * - `ladder`: this share of the calls fails.
 * - `half`: of the failures that opened it a good half; after a long time of calm the same again.
 */
export type BreakerStage =
  | 'baseline'
  | 'one-failure'
  | 'errors'
  | 'slow-probe'
  | 'hanging-probe'
  | 'recovery'
  | 'client-errors'
  | 'resets'
  | 'no-answer'
  | 'together'
  | 'ladder'
  | 'half'

/** One step of the test of a circuit breaker, as the run did it. */
export type BreakerStep = { readonly link: string; readonly stage: BreakerStage } & (
  | { readonly step: 'begun' | 'ended' }
  /** From here on the proxy has it, or has it no longer. */
  | {
      readonly step: 'laid' | 'lifted'
      readonly action: LinkAction
      /** Of the calls. */ readonly share?: number
      readonly first?: number
    }
  | { readonly step: 'skipped'; readonly why: string }
)
