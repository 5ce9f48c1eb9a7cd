import type { LimiterFit } from '../../model/limiter-result.ts'
import type { LimiterSpec } from '../../model/limiter-spec.ts'
import type { LimiterStage } from '../../model/limiter-step.ts'
import type { Now, Stages as StagesOf } from '../staged-test.ts'
import { StageClock } from '../staged-test.ts'
import type { LimiterMove, LimiterTestOptions } from './moves.ts'
import type { LimiterView } from './view.ts'

export type Stages<T = void> = StagesOf<LimiterMove, T>

/** How long a limiter that was drained takes to be as if nobody had ever asked. */
export function fullAfterSec({ burst, ratePerSec, windowSec, kind }: LimiterFit): number {
  if (windowSec !== null) return windowSec * (kind === 'sliding counter' ? 2 : 1)
  return Math.max(1, burst.value) / ratePerSec.value
}

/** What all stages share: the time of the test, and whose turn it is to ask. */
export class TestedLimiter {
  readonly spec: LimiterSpec
  readonly options: LimiterTestOptions
  readonly clock: StageClock<LimiterStage>
  #nextKey = 0

  constructor(options: LimiterTestOptions, now: Now) {
    this.options = options
    this.spec = options.spec
    this.clock = new StageClock(options, now)
  }

  get view(): LimiterView {
    return this.options.view
  }

  /** Keys that never asked. */
  get newKeys(): number {
    return this.options.keys - this.#nextKey
  }

  /** So many of them from here on are used from now on. */
  takeKeys(count: number): number {
    this.#nextKey += count
    return this.#nextKey - count
  }

  /** A key that never asked, or else one that has not for so long; -1: not within the time. */
  *freshKey(idleSec: number, withinSec = Infinity): Stages<number> {
    if (this.newKeys > 0) return this.takeKeys(1)
    const { clock, view } = this
    const keys = Array.from({ length: this.options.keys }, (_, key) => key)
    const idleSince = (key: number): number => view.lastSent(key) ?? 0
    const [key = 0] = keys.sort((a, b) => idleSince(a) - idleSince(b))
    // A little longer: a window that a clock begins is over only then.
    const freeAt = idleSince(key) + 1.1 * idleSec + 0.3
    if (freeAt - clock.sec > Math.min(withinSec, clock.leftSec)) return withinSec === Infinity ? key : -1
    yield* this.at(freeAt)
    return key
  }

  *at(sec: number): Stages {
    const { clock } = this
    // The rest of the way is gone by who sends it, to the millisecond.
    yield* clock.until(() => clock.sec >= sec - 0.2 || undefined, Math.max(0, sec - clock.sec))
  }

  /** Where a clock begins the windows, what is to be within one is not begun at its end. */
  *awayFromBoundary({ windowSec, windowFromSec }: LimiterFit): Stages {
    if (windowSec === null || windowFromSec === null) return
    const into = (((this.clock.sec - windowFromSec) % windowSec) + windowSec) % windowSec
    if (into < 0.05 * windowSec || into > 0.5 * windowSec) yield* this.clock.wait((1.1 * windowSec - into) % windowSec)
  }
}
