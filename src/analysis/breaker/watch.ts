import type { BreakerStage } from '../../model/breaker-step.ts'
import { StageClock } from '../staged-test.ts'
import type { Now, Stages as StagesOf } from '../staged-test.ts'
import { burstsIn, expectedCalls, openedAt } from './activity.ts'
import type { Activity, Burst } from './activity.ts'
import type { BreakerMove, BreakerTestOptions } from './breaker-test.ts'
import { failures } from './failures.ts'
import type { Failures } from './failures.ts'
import type { BreakerView } from './view.ts'

export type Stages<T = void> = StagesOf<BreakerMove, T>

/** A breaker that waits for longer than this is not told from one that is stuck. */
export const longestWaitSec = 60

/** What happened up to a limit is known a little later. */
const lateSec = 1.5

/** What the stages see of the breaker, and what they learn of it on their way. */
export class BreakerWatch {
  readonly view: BreakerView
  readonly clock: StageClock<BreakerStage>
  readonly failures: Failures
  activity: Activity
  /** From the first failure to the last call. */
  openingSec: number | undefined
  callsToOpen: number | undefined
  /** From the last call to the first try; the longest that was seen. */
  waitSec: number | undefined

  constructor(options: BreakerTestOptions, now: Now) {
    const { view, protocol, link } = options
    this.view = view
    this.clock = new StageClock(options, now, lateSec)
    this.failures = failures(protocol, link)
    this.activity = { view, kappa: 0 }
  }

  get knownSec(): number {
    return this.view.knownSec
  }

  /** Time that tells silence from chance. */
  get quietSec(): number {
    return Math.max(1, 14 / this.callsPerSec)
  }

  /** To be expected, from the last ten seconds. */
  get callsPerSec(): number {
    const to = this.knownSec
    const from = Math.max(0, to - 10)
    return Math.max(0.5, expectedCalls(this.activity, from, to) / Math.max(1, to - from))
  }

  *untilOpen(from: number, limitSec: number): Stages<number | undefined> {
    return yield* this.clock.until(() => openedAt(this.activity, from), limitSec)
  }

  /** Whether it has opened since then: known once nothing speaks of it any more, for as long as tells silence from chance. */
  *hasOpened(since: number): Stages<boolean> {
    const end = this.clock.sec + this.quietSec + 1
    const opened = yield* this.clock.until(() => openedAt(this.activity, since) ?? (this.knownSec >= end ? 'no' : undefined), 10)
    return typeof opened === 'number'
  }

  *untilBurst(from: number, limitSec: number): Stages<Burst | undefined> {
    return yield* this.clock.until(() => burstsIn(this.activity, from, this.knownSec)[0], limitSec)
  }

  learnWait(opened: number, bursts: readonly Burst[]): void {
    const ends = [opened, ...bursts.map(({ toSec }) => toSec)]
    const waits = bursts.map(({ fromSec }, i) => fromSec - (ends[i] ?? fromSec))
    if (waits.length > 0) this.waitSec = Math.max(...waits)
  }
}
