import type { BreakerStage } from '../../model/breaker-step.ts'
import type { LinkAction } from '../../model/link-fault.ts'
import { burstsIn, closedAt, expectedCalls, openedAt } from './activity.ts'
import type { Activity, Burst } from './activity.ts'
import { StageClock } from '../staged-test.ts'
import type { Now, Stages as StagesOf } from '../staged-test.ts'
import type { BreakerMove, BreakerTestOptions } from './breaker-test.ts'
import { failures, isCounted } from './failures.ts'

/** What the stages learn of the breaker on their way. */
interface Learnt {
  /** From the first failure to the last call. */
  openingSec?: number
  callsToOpen?: number
  /** From the last call to the first try; the longest that was seen. */
  waitSec?: number
  /** Since when no call was seen. */
  silentSinceSec?: number
}

type Stages<T = void> = StagesOf<BreakerMove, T>

/** A breaker that waits for longer than this is not told from one that is stuck. */
export const longestWaitSec = 60
/** A call to a dependency that never answers is given up by then, or it never is. */
export const giveUpSec = 10
/** Calls that the baseline needs. */
export const baselineCalls = 30
/** Rule of three: to say "less than 1 %" takes 300 without one. */
export const leakCalls = 300
/** Shares of the ladder of errors. */
const ladder = [0.1, 0.25, 0.5, 0.75]

/** What happened up to a limit is known a little later. */
const lateSec = 1.5

/** All stages in the order of their worth for their time. */
export function breakerStages(options: BreakerTestOptions, now: Now): Stages {
  return new Course(options, now).run()
}

class Course {
  readonly #options: BreakerTestOptions
  readonly #clock: StageClock<BreakerStage>
  readonly #learnt: Learnt = {}
  #activity: Activity

  constructor(options: BreakerTestOptions, now: Now) {
    this.#options = options
    this.#clock = new StageClock(options, now, lateSec)
    this.#activity = { view: options.view, kappa: 0 }
  }

  *run(): Stages {
    if (!(yield* this.#baseline())) return
    const { httpOnly } = failures(this.#options.protocol, this.#options.link)
    const one = this.#failure()
    if (yield* this.#oneFailure(one)) {
      if (!(yield* this.#recovery())) return
    }
    if (!(yield* this.#errors())) {
      yield* this.#otherFailures()
      return
    }
    if (!(yield* this.#recoverSlowly())) return
    if (yield* this.#oneFailure(one)) {
      if (!(yield* this.#recovery())) return
    }
    if (!(yield* this.#hangingProbe())) return
    if (!(yield* this.#clientErrors(httpOnly))) return
    if (!(yield* this.#kindOfFailure('resets'))) return
    if (!(yield* this.#kindOfFailure('no-answer'))) return
    if (!(yield* this.#together())) return
    if (!(yield* this.#ladder())) return
    yield* this.#halves()
  }

  /** Counts calls a client request; without any there is nothing to test. */
  *#baseline(): Stages<boolean> {
    const from = this.#clock.sec
    const { view } = this.#options
    yield [this.#clock.note('baseline', 'begun')]
    const isEnough = (): true | undefined =>
      (this.#known() - from >= 3 && view.calls(from, this.#known()) >= baselineCalls) || undefined
    const enough = yield* this.#clock.until(isEnough, 20)
    const requests = view.requests(from, this.#known())
    yield [this.#clock.note('baseline', 'ended')]
    if (enough === undefined || requests === 0) return false
    this.#activity = { view, kappa: view.calls(from, this.#known()) / requests }
    return true
  }

  /** True when a single failure opened it. */
  *#oneFailure(action: LinkAction): Stages<boolean> {
    if (!isCounted(action)) {
      yield [this.#clock.skip('one-failure', 'single calls can be made to fail only where the proxy knows a call')]
      return false
    }
    const laid = this.#clock.sec
    yield [this.#clock.note('one-failure', 'begun'), { kind: 'lay', stage: 'one-failure', action, first: 1 }]
    const failed = (): true | undefined => this.#options.view.failed(laid, this.#known()) > 0 || undefined
    yield* this.#clock.until(failed, 5)
    yield [{ kind: 'lift', stage: 'one-failure', action, first: 1 }]
    const end = this.#clock.sec + this.#quietSec() + 1
    const opened = yield* this.#clock.until(() => openedAt(this.#activity, laid) ?? (this.#known() >= end ? 'no' : undefined), 10)
    yield [this.#clock.note('one-failure', 'ended')]
    return typeof opened === 'number'
  }

  /** True once it is open; it has then been watched while it tries again, fails, and waits again. */
  *#errors(): Stages<boolean> {
    const { view } = this.#options
    const action = this.#failure()
    const laid = this.#clock.sec
    yield [this.#clock.note('errors', 'begun'), { kind: 'lay', stage: 'errors', action }]
    const opened = yield* this.#untilOpen(laid, Math.min(40, Math.max(10, 0.35 * this.#clock.leftSec)))
    if (opened !== undefined) {
      this.#learnt.openingSec = opened - laid
      this.#learnt.callsToOpen = view.failed(laid, opened)
      const isSeen = (): true | undefined => {
        const bursts = burstsIn(this.#activity, opened, this.#known())
        const calls = expectedCalls(this.#activity, opened, this.#known())
        const [first] = bursts
        this.#learnWait(opened, bursts)
        if (first === undefined || calls < leakCalls) return undefined
        const wait = first.fromSec - opened
        if (bursts.length < 2) return wait > 6 && this.#known() - first.toSec > this.#quietSec() ? true : undefined
        return this.#known() - (bursts[1]?.toSec ?? 0) > this.#quietSec() || undefined
      }
      yield* this.#clock.until(isSeen, Math.min(longestWaitSec, 0.5 * this.#clock.leftSec))
    }
    if (opened === undefined) yield [{ kind: 'lift', stage: 'errors', action }, this.#clock.note('errors', 'ended')]
    return opened !== undefined
  }

  /** First a dependency that is slow to answer the probe, then one that is well. The one must be there before the other is gone, or a probe comes between. */
  *#recoverSlowly(): Stages<boolean> {
    const { waitSec } = this.#learnt
    const lift: BreakerMove = { kind: 'lift', stage: 'errors', action: this.#failure() }
    const ended = this.#clock.note('errors', 'ended')
    if (waitSec === undefined) {
      yield [lift, ended]
      yield [this.#clock.skip('slow-probe', 'no try was seen while it was open')]
      return yield* this.#recovery()
    }
    // Long enough for 35 requests to ask. Where that is longer than the target's time-out, it is the time-out that ends the try.
    const slowSec = Math.min(2, Math.max(0.5, 35 / this.#rate()))
    const action: LinkAction = {
      ...failures(this.#options.protocol, this.#options.link).slow,
      delayMs: Math.round(1000 * slowSec),
    }
    const laid = this.#clock.sec
    yield [ended, this.#clock.note('slow-probe', 'begun'), { kind: 'lay', stage: 'slow-probe', action }, lift]
    const burst = yield* this.#untilBurst(laid, 2 * waitSec + 5)
    if (burst !== undefined) yield* this.#clock.until(() => this.#known() >= burst.fromSec + slowSec || undefined, slowSec + 5)
    yield [{ kind: 'lift', stage: 'slow-probe', action }, this.#clock.note('slow-probe', 'ended')]
    return yield* this.#recovery()
  }

  /** True when it has closed. */
  *#recovery(): Stages<boolean> {
    const from = this.#clock.sec
    const { waitSec } = this.#learnt
    yield [this.#clock.note('recovery', 'begun')]
    const limit = waitSec === undefined ? longestWaitSec + 5 : 5 * waitSec + 8
    const closed = yield* this.#clock.until(() => closedAt(this.#activity, from), limit)
    yield [this.#clock.note('recovery', 'ended')]
    return closed !== undefined
  }

  /** Open by errors, then a probe that is never answered. */
  *#hangingProbe(): Stages<boolean> {
    const { waitSec = 0, openingSec = 0 } = this.#learnt
    const needed = openingSec + 2 * waitSec + 5
    if (this.#clock.leftSec < needed) return yield* this.#noTime('hanging-probe', needed)
    const error = this.#failure()
    const { silent, reset } = failures(this.#options.protocol, this.#options.link)
    const begun = this.#clock.sec
    yield [this.#clock.note('hanging-probe', 'begun'), { kind: 'lay', stage: 'hanging-probe', action: error }]
    const opened = yield* this.#untilOpen(begun, 3 * openingSec + 6)
    const swapped = this.#clock.sec
    yield [
      { kind: 'lay', stage: 'hanging-probe', action: silent },
      { kind: 'lift', stage: 'hanging-probe', action: error },
    ]
    if (opened !== undefined) {
      const first = yield* this.#untilBurst(swapped, 3 * waitSec + 5)
      const again = (): true | undefined => {
        const bursts = burstsIn(this.#activity, swapped, this.#known())
        return bursts.length >= 2 ? true : undefined
      }
      if (first !== undefined) yield* this.#clock.until(again, giveUpSec + 1.5 * waitSec + 2)
    }
    yield* this.#letGo('hanging-probe', silent, reset)
    return yield* this.#recovery()
  }

  /** False when the breaker is stuck. */
  *#clientErrors(action: LinkAction | undefined): Stages<boolean> {
    const { openingSec = 0, callsToOpen = 0 } = this.#learnt
    const holdSec = Math.min(25, Math.max(3, 2 * openingSec + 1.5, (2 * callsToOpen) / this.#rate()))
    if (action === undefined) {
      yield [this.#clock.skip('client-errors', 'the dependency does not speak HTTP')]
      return true
    }
    if (this.#clock.leftSec < holdSec + 2) return yield* this.#noTime('client-errors', holdSec + 2)
    return yield* this.#hold('client-errors', { action, holdSec })
  }

  *#kindOfFailure(stage: 'resets' | 'no-answer'): Stages<boolean> {
    const { openingSec = 0, waitSec = 0 } = this.#learnt
    const { silent, reset } = failures(this.#options.protocol, this.#options.link)
    const patience = stage === 'no-answer' ? giveUpSec : 0
    const needed = openingSec + waitSec + 6 + patience / 3
    if (this.#clock.leftSec < needed) return yield* this.#noTime(stage, needed)
    const limit = 3 * openingSec + 5 + patience
    return yield* this.#hold(stage, { action: stage === 'resets' ? reset : silent, holdSec: limit })
  }

  /** Calls in flight that fail at the same moment must not confuse it. */
  *#together(): Stages<boolean> {
    const { waitSec = 0 } = this.#learnt
    const slowSec = Math.min(1, Math.max(0.3, 20 / this.#rate()))
    const needed = slowSec + waitSec + 6
    if (this.#clock.leftSec < needed) return yield* this.#noTime('together', needed)
    const { slow, reset } = failures(this.#options.protocol, this.#options.link)
    const action: LinkAction = { ...slow, delayMs: Math.round(1500 * slowSec) }
    yield [this.#clock.note('together', 'begun'), { kind: 'lay', stage: 'together', action }]
    yield* this.#clock.wait(slowSec)
    yield* this.#letGo('together', action, reset)
    return yield* this.#recovery()
  }

  *#ladder(): Stages<boolean> {
    const { openingSec = 0, waitSec = 0 } = this.#learnt
    const action = this.#failure()
    if (!isCounted(action)) {
      yield [this.#clock.skip('ladder', 'a share of the calls can be made to fail only where the proxy knows a call')]
      return true
    }
    const holdSec = Math.min(15, Math.max(4, 2 * openingSec + 2))
    const needed = 2 * holdSec + waitSec + 3
    if (this.#clock.leftSec < needed) return yield* this.#noTime('ladder', needed)
    for (const share of ladder) {
      if (this.#clock.leftSec < holdSec + waitSec + 3) return true
      const from = this.#clock.sec
      const closed = yield* this.#hold('ladder', { action, holdSec, share })
      if (!closed) return false
      if (openedAt(this.#activity, from) !== undefined) return true
    }
    return true
  }

  /** Twice a good half of the failures that opened it, with more calm between than anybody counts back. */
  *#halves(): Stages<boolean> {
    const { callsToOpen = 0 } = this.#learnt
    const action = this.#failure()
    const first = Math.ceil(0.6 * callsToOpen)
    const apart = longestWaitSec
    if (!isCounted(action) || first < 2) {
      yield [this.#clock.skip('half', 'one failure or two open it: there is no half of them')]
      return true
    }
    const needed = apart + (2 * first) / this.#rate() + 10
    if (this.#clock.leftSec < needed) return yield* this.#noTime('half', needed)
    for (const half of [1, 2]) {
      const from = this.#clock.sec
      yield [this.#clock.note('half', 'begun'), { kind: 'lay', stage: 'half', action, first }]
      const isOver = (): true | undefined => this.#options.view.failed(from, this.#known()) >= first || undefined
      yield* this.#clock.until(isOver, first / this.#rate() + 3)
      yield [{ kind: 'lift', stage: 'half', action, first }]
      const end = this.#clock.sec + this.#quietSec() + 1
      const opened = yield* this.#clock.until(
        () => openedAt(this.#activity, from) ?? (this.#known() >= end ? 'no' : undefined),
        10,
      )
      yield [this.#clock.note('half', 'ended')]
      if (typeof opened === 'number') return yield* this.#recovery()
      if (half === 1) yield* this.#clock.until(() => this.#clock.sec >= from + apart || undefined, apart)
    }
    return true
  }

  /** Nothing opened it so far: perhaps another kind of failure does. */
  *#otherFailures(): Stages {
    const { silent, reset } = failures(this.#options.protocol, this.#options.link)
    for (const [stage, action] of [
      ['resets', reset],
      ['no-answer', silent],
    ] as const) {
      if (this.#clock.leftSec < 8) yield* this.#noTime(stage, 8)
      else yield* this.#hold(stage, { action, holdSec: Math.min(20, 0.4 * this.#clock.leftSec) })
    }
  }

  /** Lays it until the breaker opens or the time is over, and waits for it to close again; false when it does not. */
  *#hold(
    stage: BreakerStage,
    { action, holdSec, share }: { readonly action: LinkAction; readonly holdSec: number; readonly share?: number },
  ): Stages<boolean> {
    const from = this.#clock.sec
    const what = { stage, action, ...(share === undefined ? {} : { share }) }
    yield [this.#clock.note(stage, 'begun'), { kind: 'lay', ...what }]
    const opened = yield* this.#untilOpen(from, holdSec)
    const { silent, reset } = failures(this.#options.protocol, this.#options.link)
    const isSilent = action.kind === silent.kind
    if (isSilent) yield* this.#letGo(stage, action, reset)
    else yield [{ kind: 'lift', ...what }, this.#clock.note(stage, 'ended')]
    // To let go of calls that wait is to fail them.
    return opened === undefined && !isSilent ? true : yield* this.#recovery()
  }

  /** Calls that wait for an answer which is lost have to fail, or they wait for ever. */
  *#letGo(stage: BreakerStage, action: LinkAction, reset: LinkAction): Stages {
    yield [
      { kind: 'lay', stage, action: reset },
      { kind: 'lift', stage, action },
    ]
    yield* this.#clock.wait(0.3)
    yield [{ kind: 'lift', stage, action: reset }, this.#clock.note(stage, 'ended')]
  }

  *#noTime(stage: BreakerStage, neededSec: number): Stages<boolean> {
    yield [this.#clock.noTime(stage, neededSec)]
    return true
  }

  *#untilOpen(from: number, limitSec: number): Stages<number | undefined> {
    return yield* this.#clock.until(() => openedAt(this.#activity, from), limitSec)
  }

  *#untilBurst(from: number, limitSec: number): Stages<Burst | undefined> {
    return yield* this.#clock.until(() => burstsIn(this.#activity, from, this.#known())[0], limitSec)
  }

  #learnWait(opened: number, bursts: readonly Burst[]): void {
    const ends = [opened, ...bursts.map(({ toSec }) => toSec)]
    const waits = bursts.map(({ fromSec }, i) => fromSec - (ends[i] ?? fromSec))
    if (waits.length > 0) this.#learnt.waitSec = Math.max(...waits)
  }

  /** Time that tells silence from chance. */
  #quietSec(): number {
    return Math.max(1, 14 / this.#rate())
  }

  /** Calls a second to be expected, from the last ten seconds. */
  #rate(): number {
    const to = this.#known()
    const from = Math.max(0, to - 10)
    return Math.max(0.5, expectedCalls(this.#activity, from, to) / Math.max(1, to - from))
  }

  #known(): number {
    return this.#options.view.knownSec
  }

  #failure(): LinkAction {
    return failures(this.#options.protocol, this.#options.link).error
  }
}
