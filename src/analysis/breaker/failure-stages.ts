import type { BreakerStage } from '../../model/breaker-step.ts'
import type { LinkAction } from '../../model/link-fault.ts'
import { openedAt } from './activity.ts'
import { isCounted } from './failures.ts'
import { giveUpSec } from './opening-stages.ts'
import { letGo, noTime, recovery } from './stage-ends.ts'
import type { BreakerWatch, Stages } from './watch.ts'
import { longestWaitSec } from './watch.ts'

// What opens it, and what does not: kinds of failures, shares of them, and how far back it counts. Each is false when it is stuck.

/** Shares of the ladder of errors. */
const shares = [0.1, 0.25, 0.5, 0.75]

export function* clientErrors(watch: BreakerWatch): Stages<boolean> {
  const { clock, openingSec = 0, callsToOpen = 0 } = watch
  const holdSec = Math.min(25, Math.max(3, 2 * openingSec + 1.5, (2 * callsToOpen) / watch.callsPerSec))
  const action = watch.failures.httpOnly
  if (action === undefined) {
    yield [clock.skip('client-errors', 'the dependency does not speak HTTP')]
    return true
  }
  if (clock.leftSec < holdSec + 2) return yield* noTime(watch, 'client-errors', holdSec + 2)
  return yield* hold(watch, 'client-errors', { action, holdSec })
}

export function* kindOfFailure(watch: BreakerWatch, stage: 'resets' | 'no-answer'): Stages<boolean> {
  const { clock, openingSec = 0, waitSec = 0 } = watch
  const { silent, reset } = watch.failures
  const patience = stage === 'no-answer' ? giveUpSec : 0
  const needed = openingSec + waitSec + 6 + patience / 3
  if (clock.leftSec < needed) return yield* noTime(watch, stage, needed)
  const limit = 3 * openingSec + 5 + patience
  return yield* hold(watch, stage, { action: stage === 'resets' ? reset : silent, holdSec: limit })
}

/** Calls in flight that fail at the same moment must not confuse it. */
export function* together(watch: BreakerWatch): Stages<boolean> {
  const { clock, waitSec = 0 } = watch
  const slowSec = Math.min(1, Math.max(0.3, 20 / watch.callsPerSec))
  const needed = slowSec + waitSec + 6
  if (clock.leftSec < needed) return yield* noTime(watch, 'together', needed)
  const action: LinkAction = { ...watch.failures.slow, delayMs: Math.round(1500 * slowSec) }
  yield [clock.note('together', 'begun'), { kind: 'lay', stage: 'together', action }]
  yield* clock.wait(slowSec)
  yield* letGo(watch, 'together', action)
  return yield* recovery(watch)
}

export function* ladder(watch: BreakerWatch): Stages<boolean> {
  const { clock, openingSec = 0, waitSec = 0 } = watch
  const action = watch.failures.error
  if (!isCounted(action)) {
    yield [clock.skip('ladder', 'a share of the calls can be made to fail only where the proxy knows a call')]
    return true
  }
  const holdSec = Math.min(15, Math.max(4, 2 * openingSec + 2))
  const needed = 2 * holdSec + waitSec + 3
  if (clock.leftSec < needed) return yield* noTime(watch, 'ladder', needed)
  for (const share of shares) {
    if (clock.leftSec < holdSec + waitSec + 3) return true
    const from = clock.sec
    const closed = yield* hold(watch, 'ladder', { action, holdSec, share })
    if (!closed) return false
    if (openedAt(watch.activity, from) !== undefined) return true
  }
  return true
}

/** Twice a good half of the failures that opened it, with more calm between than anybody counts back. */
export function* halves(watch: BreakerWatch): Stages<boolean> {
  const { clock, view, callsToOpen = 0 } = watch
  const action = watch.failures.error
  const first = Math.ceil(0.6 * callsToOpen)
  const apart = longestWaitSec
  if (!isCounted(action) || first < 2) {
    yield [clock.skip('half', 'one failure or two open it: there is no half of them')]
    return true
  }
  const needed = apart + (2 * first) / watch.callsPerSec + 10
  if (clock.leftSec < needed) return yield* noTime(watch, 'half', needed)
  for (const half of [1, 2]) {
    const from = clock.sec
    yield [clock.note('half', 'begun'), { kind: 'lay', stage: 'half', action, first }]
    const isOver = (): true | undefined => view.failed(from, watch.knownSec) >= first || undefined
    yield* clock.until(isOver, first / watch.callsPerSec + 3)
    yield [{ kind: 'lift', stage: 'half', action, first }]
    const opened = yield* watch.hasOpened(from)
    yield [clock.note('half', 'ended')]
    if (opened) return yield* recovery(watch)
    if (half === 1) yield* clock.until(() => clock.sec >= from + apart || undefined, apart)
  }
  return true
}

/** Nothing opened it so far: perhaps another kind of failure does. */
export function* otherFailures(watch: BreakerWatch): Stages {
  const { clock } = watch
  const { silent, reset } = watch.failures
  for (const [stage, action] of [
    ['resets', reset],
    ['no-answer', silent],
  ] as const) {
    if (clock.leftSec < 8) yield* noTime(watch, stage, 8)
    else yield* hold(watch, stage, { action, holdSec: Math.min(20, 0.4 * clock.leftSec) })
  }
}

/** Lays it until the breaker opens or the time is over, and waits for it to close again. */
function* hold(
  watch: BreakerWatch,
  stage: BreakerStage,
  { action, holdSec, share }: { readonly action: LinkAction; readonly holdSec: number; readonly share?: number },
): Stages<boolean> {
  const { clock } = watch
  const from = clock.sec
  const what = { stage, action, ...(share === undefined ? {} : { share }) }
  yield [clock.note(stage, 'begun'), { kind: 'lay', ...what }]
  const opened = yield* watch.untilOpen(from, holdSec)
  const isSilent = action.kind === watch.failures.silent.kind
  if (isSilent) yield* letGo(watch, stage, action)
  else yield [{ kind: 'lift', ...what }, clock.note(stage, 'ended')]
  // To let go of calls that wait is to fail them.
  return opened === undefined && !isSilent ? true : yield* recovery(watch)
}
