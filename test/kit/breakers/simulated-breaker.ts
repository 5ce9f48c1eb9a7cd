/** A circuit breaker of known behaviour, on virtual time. Without a defect it is a correct one. */
export interface BreakerTruth {
  /** No breaker at all. */
  readonly absent?: true
  /** Opens after so many failures in a row; or when this share of the calls of the window failed. */
  readonly opens: { readonly after: number } | { readonly share: number; readonly windowSec: number; readonly least: number }
  readonly waitSec: number
  /** The wait grows by this factor with each probe that fails. */
  readonly backOff?: number
  /** Calls let through while half open. */
  readonly probes: number
  /** Of a call to the dependency; absent: it waits for ever. */
  readonly timeoutSec?: number
  /** What the client gets instead is as good. */
  readonly fallback?: true
  /** Share of the calls that go through although it is open. */
  readonly leak?: number
  /** What an open breaker takes to say no. */
  readonly refusalSec?: number
  readonly countsClientErrors?: true
  readonly ignores?: 'resets' | 'time-outs' | 'errors'
  readonly neverOpens?: true
  readonly neverTries?: true
  /** A probe that has no answer is waited for without the time-out of other calls. */
  readonly waitsForProbe?: true
  /** Failures are forgotten neither with time nor by successes. */
  readonly remembers?: true
  /** After it closed, one more failure is enough. */
  readonly closesHalfway?: true
}

export const correct: BreakerTruth = { opens: { after: 5 }, waitSec: 2, probes: 1, timeoutSec: 1 }

export type Outcome = 'ok' | 'client-error' | 'error' | 'reset' | 'time-out'

export class SimulatedBreaker {
  readonly truth: BreakerTruth
  readonly #random: () => number
  #state: 'closed' | 'open' | 'half-open' = 'closed'
  #openedSec = 0
  #waitSec: number
  #failures = 0
  #inHalfOpen = 0
  #recent: { readonly t: number; readonly failed: boolean }[] = []

  constructor(truth: BreakerTruth, random: () => number) {
    this.truth = truth
    this.#random = random
    this.#waitSec = truth.waitSec
  }

  /** `probe`: a call whose outcome decides. */
  admit(t: number): 'call' | 'probe' | 'refused' {
    const { absent, neverTries, leak = 0, probes } = this.truth
    if (absent) return 'call'
    if (this.#state === 'open' && !neverTries && t >= this.#openedSec + this.#waitSec) {
      this.#state = 'half-open'
      this.#inHalfOpen = 0
    }
    if (this.#state === 'closed') return 'call'
    if (this.#state === 'half-open' && this.#inHalfOpen < probes) {
      this.#inHalfOpen++
      return 'probe'
    }
    return this.#random() < leak ? 'call' : 'refused'
  }

  done(kind: 'call' | 'probe', outcome: Outcome, t: number): void {
    const failed = this.#isFailure(outcome)
    if (this.#state === 'half-open' && kind === 'probe') {
      if (failed) this.#open(t, this.truth.backOff ?? 1)
      else this.#close()
      return
    }
    if (this.#state !== 'closed' || kind === 'probe') return
    this.#recent.push({ t, failed })
    if (failed) this.#failures++
    else if (!this.truth.remembers) this.#failures = 0
    if (failed && !this.truth.neverOpens && this.#isEnough(t)) this.#open(t, 1)
  }

  #isFailure(outcome: Outcome): boolean {
    const { countsClientErrors, ignores } = this.truth
    switch (outcome) {
      case 'ok':
        return false
      case 'client-error':
        return countsClientErrors === true
      case 'error':
        return ignores !== 'errors'
      case 'reset':
        return ignores !== 'resets'
      case 'time-out':
        return ignores !== 'time-outs'
    }
  }

  #isEnough(t: number): boolean {
    const { opens } = this.truth
    if ('after' in opens) return this.#failures >= opens.after
    this.#recent = this.#recent.filter((one) => one.t > t - opens.windowSec)
    const failed = this.#recent.filter((one) => one.failed).length
    return this.#recent.length >= opens.least && failed >= opens.share * this.#recent.length
  }

  #open(t: number, growth: number): void {
    this.#state = 'open'
    this.#openedSec = t
    this.#waitSec = growth === 1 ? this.truth.waitSec : this.#waitSec * growth
  }

  #close(): void {
    this.#state = 'closed'
    this.#waitSec = this.truth.waitSec
    this.#recent = []
    this.#failures = this.truth.closesHalfway && 'after' in this.truth.opens ? this.truth.opens.after - 1 : 0
  }
}
