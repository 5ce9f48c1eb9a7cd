import type { LinkAction } from '../../model/link-fault.ts'
import { burstsIn, expectedCalls } from './activity.ts'
import type { BreakerMove } from './breaker-test.ts'
import { isCounted } from './failures.ts'
import { letGo, noTime, recovery } from './stage-ends.ts'
import { leakedCalls } from './states.ts'
import type { BreakerWatch, Stages } from './watch.ts'
import { longestWaitSec } from './watch.ts'

// How it opens when every call fails, and how it tries again.

/** A call to a dependency that never answers is given up by then, or it never is. */
export const giveUpSec = 10
/** Calls that the baseline needs. */
export const baselineCalls = 30
/** Rule of three: to say "less than 1 %" takes 300 without one. */
export const leakCalls = 300
/** Where calls went through that may be early tries or leaks, three times as many tell the two. */
const doubtfulCalls = 3 * leakCalls

/** Counts calls a client request; without any there is nothing to test. */
export function* baseline(watch: BreakerWatch): Stages<boolean> {
  const { clock, view } = watch
  const from = clock.sec
  yield [clock.note('baseline', 'begun')]
  const isEnough = (): true | undefined =>
    (watch.knownSec - from >= 3 && view.calls(from, watch.knownSec) >= baselineCalls) || undefined
  const enough = yield* clock.until(isEnough, 20)
  const requests = view.requests(from, watch.knownSec)
  yield [clock.note('baseline', 'ended')]
  if (enough === undefined || requests === 0) return false
  watch.activity = { view, kappa: view.calls(from, watch.knownSec) / requests }
  return true
}

/** True when a single failure opened it. */
export function* oneFailure(watch: BreakerWatch): Stages<boolean> {
  const { clock, view } = watch
  const action = watch.failures.error
  if (!isCounted(action)) {
    yield [clock.skip('one-failure', 'single calls can be made to fail only where the proxy knows a call')]
    return false
  }
  const laid = clock.sec
  yield [clock.note('one-failure', 'begun'), { kind: 'lay', stage: 'one-failure', action, first: 1 }]
  const failed = (): true | undefined => view.failed(laid, watch.knownSec) > 0 || undefined
  yield* clock.until(failed, 5)
  yield [{ kind: 'lift', stage: 'one-failure', action, first: 1 }]
  const opened = yield* watch.hasOpened(laid)
  yield [clock.note('one-failure', 'ended')]
  return opened
}

/** True once it is open; it has then been watched while it tries again, fails, and waits again. */
export function* errors(watch: BreakerWatch): Stages<boolean> {
  const { clock, view } = watch
  const action = watch.failures.error
  const laid = clock.sec
  yield [clock.note('errors', 'begun'), { kind: 'lay', stage: 'errors', action }]
  const opened = yield* watch.untilOpen(laid, Math.min(40, Math.max(10, 0.35 * clock.leftSec)))
  if (opened !== undefined) {
    watch.openingSec = opened - laid
    watch.callsToOpen = view.failed(laid, opened)
    const isSeen = (): true | undefined => {
      const bursts = burstsIn(watch.activity, opened, watch.knownSec)
      const calls = expectedCalls(watch.activity, opened, watch.knownSec)
      const [first] = bursts
      watch.learnWait(opened, bursts)
      const isClean = leakedCalls(watch.activity, { fromSec: opened, toSec: watch.knownSec, bursts }) === 0
      if (first === undefined || calls < (isClean ? leakCalls : doubtfulCalls)) return undefined
      const wait = first.fromSec - opened
      if (bursts.length < 2) return wait > 6 && watch.knownSec - first.toSec > watch.quietSec ? true : undefined
      return watch.knownSec - (bursts[1]?.toSec ?? 0) > watch.quietSec || undefined
    }
    yield* clock.until(isSeen, Math.min(longestWaitSec, 0.5 * clock.leftSec))
  }
  if (opened === undefined) yield [{ kind: 'lift', stage: 'errors', action }, clock.note('errors', 'ended')]
  return opened !== undefined
}

/** First a dependency that is slow to answer the probe, then one that is well. The one must be there before the other is gone, or a probe comes between. */
export function* recoverSlowly(watch: BreakerWatch): Stages<boolean> {
  const { clock, waitSec } = watch
  const { error, slow } = watch.failures
  const lift: BreakerMove = { kind: 'lift', stage: 'errors', action: error }
  const ended = clock.note('errors', 'ended')
  if (waitSec === undefined) {
    yield [lift, ended]
    yield [clock.skip('slow-probe', 'no try was seen while it was open')]
    return yield* recovery(watch)
  }
  // Long enough for 35 requests to ask. Where that is longer than the target's time-out, it is the time-out that ends the try.
  const slowSec = Math.min(2, Math.max(0.5, 35 / watch.callsPerSec))
  const action: LinkAction = { ...slow, delayMs: Math.round(1000 * slowSec) }
  const laid = clock.sec
  yield [ended, clock.note('slow-probe', 'begun'), { kind: 'lay', stage: 'slow-probe', action }, lift]
  const burst = yield* watch.untilBurst(laid, 2 * waitSec + 5)
  if (burst !== undefined) yield* clock.until(() => watch.knownSec >= burst.fromSec + slowSec || undefined, slowSec + 5)
  yield [{ kind: 'lift', stage: 'slow-probe', action }, clock.note('slow-probe', 'ended')]
  return yield* recovery(watch)
}

/** Open by errors, then a probe that is never answered. */
export function* hangingProbe(watch: BreakerWatch): Stages<boolean> {
  const { clock, waitSec = 0, openingSec = 0 } = watch
  const needed = openingSec + 2 * waitSec + 5
  if (clock.leftSec < needed) return yield* noTime(watch, 'hanging-probe', needed)
  const { error, silent } = watch.failures
  const begun = clock.sec
  yield [clock.note('hanging-probe', 'begun'), { kind: 'lay', stage: 'hanging-probe', action: error }]
  const opened = yield* watch.untilOpen(begun, 3 * openingSec + 6)
  const swapped = clock.sec
  yield [
    { kind: 'lay', stage: 'hanging-probe', action: silent },
    { kind: 'lift', stage: 'hanging-probe', action: error },
  ]
  if (opened !== undefined) {
    const first = yield* watch.untilBurst(swapped, 3 * waitSec + 5)
    const again = (): true | undefined => {
      const bursts = burstsIn(watch.activity, swapped, watch.knownSec)
      return bursts.length >= 2 ? true : undefined
    }
    if (first !== undefined) yield* clock.until(again, giveUpSec + 1.5 * waitSec + 2)
  }
  yield* letGo(watch, 'hanging-probe', silent)
  return yield* recovery(watch)
}
