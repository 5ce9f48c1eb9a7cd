import type { LimiterAnswer, LimiterStage } from '../../model/limiter-step.ts'
import type { TestData } from '../test-data.ts'

/** The answers that the test of one limiter has had by now, as the record has them. */
export class LimiterView {
  readonly #test: TestData
  readonly #name: string
  readonly #byStage = new Map<LimiterStage, LimiterAnswer[]>()
  readonly #lastSent = new Map<number, number>()
  #read = 0
  #count = 0

  constructor(test: TestData, name: string) {
    this.#test = test
    this.#name = name
  }

  /** Answers are written down at once: what is there is all that is known. */
  update(): void {
    const { events } = this.#test
    for (; this.#read < events.length; this.#read++) {
      const event = events[this.#read]
      if (event?.kind !== 'limiter-step' || event.limiter !== this.#name || event.step !== 'answers') continue
      const list = this.#byStage.get(event.stage) ?? []
      list.push(...event.answers)
      this.#byStage.set(event.stage, list)
      this.#count += event.answers.length
      for (const { key, at } of event.answers) this.#lastSent.set(key, Math.max(at, this.#lastSent.get(key) ?? 0))
    }
  }

  answers(stage: LimiterStage): readonly LimiterAnswer[] {
    return this.#byStage.get(stage) ?? []
  }

  of(stage: LimiterStage, key: number, fromSec = 0): readonly LimiterAnswer[] {
    return this.answers(stage).filter((answer) => answer.key === key && answer.at >= fromSec)
  }

  /** Of all stages. */
  get count(): number {
    return this.#count
  }

  /** When a key asked last; undefined: never. */
  lastSent(key: number): number | undefined {
    return this.#lastSent.get(key)
  }
}
