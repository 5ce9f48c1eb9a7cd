import type { Alarm } from './alarm.ts'

interface Timed {
  readonly dueNs: bigint
  readonly answer: () => void
}

/** Gives answers at their times: never early, late by what the alarm is late. */
export class TimedAnswers {
  /** Latest first, so that the next one is taken off the end. */
  readonly #waiting: Timed[] = []
  readonly #alarm: Alarm
  readonly #now: () => bigint

  constructor(createAlarm: (ring: () => void) => Alarm, now: () => bigint = () => process.hrtime.bigint()) {
    this.#alarm = createAlarm(() => this.#giveDue())
    this.#now = now
  }

  at(dueNs: bigint, answer: () => void): void {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const there = this.#waiting[middle]
      // Of two at the same time the one that came first is given first.
      if (there !== undefined && there.dueNs > dueNs) low = middle + 1
      else high = middle
    }
    this.#waiting.splice(low, 0, { dueNs, answer })
    if (low === this.#waiting.length - 1) this.#giveDue()
  }

  #giveDue(): void {
    const now = this.#now()
    for (let next = this.#waiting.at(-1); next !== undefined && next.dueNs <= now; next = this.#waiting.at(-1)) {
      this.#waiting.pop()
      next.answer()
    }
    const next = this.#waiting.at(-1)
    if (next !== undefined) this.#alarm.set(next.dueNs)
  }

  stop(): Promise<unknown> {
    return this.#alarm.stop()
  }
}
