import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { TestData } from '../analysis/index.ts'
import { holds } from './holds.ts'
import type { StopMoment, StopReading } from './stop-readings.ts'
import { growthWindowSec, readStop } from './stop-readings.ts'
import { metricKind } from './metric-kind.ts'

/** Probes tick about once a second; more than two and a half seconds between two values is a gap. */
const gapSec = 2.5

/** One condition over time: a streak of seconds in which it was true. A second without a value ends the streak. */
export class StopWatch {
  readonly condition: ObjectiveSpec
  readonly #sinceSec: number
  /** How long a value speaks for: one second, or the window whose slope it is. */
  readonly #spanSec: number
  #seenSec = -Infinity
  #trueSince: number | undefined
  #lastTrue = -Infinity

  constructor(condition: ObjectiveSpec, sinceSec: number) {
    this.condition = condition
    this.#sinceSec = sinceSec
    this.#spanSec = metricKind(condition.metric.name).kind === 'growth' ? growthWindowSec(condition) : 1
  }

  /** The value that completes the condition, if it does. */
  look(moment: StopMoment): number | undefined {
    const readings = readStop(this.condition, moment, { sinceSec: this.#sinceSec, afterSec: this.#seenSec })
    for (const reading of readings) {
      this.#seenSec = reading.sec
      if (!this.#isTrue(reading, moment.test)) {
        this.#trueSince = undefined
        continue
      }
      const { sec } = reading
      if (this.#trueSince === undefined || sec - this.#lastTrue > gapSec) this.#trueSince = sec
      this.#lastTrue = sec
      // A value stands for the span that it was measured over, so n values of a second each in a row are n seconds.
      if (sec - this.#trueSince + this.#spanSec >= (this.condition.forSec ?? 1) - 0.2) return reading.value
    }
    return undefined
  }

  #isTrue({ sec, value }: StopReading, test: TestData): boolean {
    return value !== undefined && isDuring(sec, this.condition, test) && holds(value, this.condition)
  }
}

function isDuring(sec: number, { during }: ObjectiveSpec, test: TestData): boolean {
  if (during === undefined) return true
  return test.spec.phases.some(({ name, fromSec, toSec }) => name === during && sec >= fromSec && sec < toSec)
}
