import type { AttackWindow } from '../model/attack-window.ts'

/** What is counted of one source in the second that runs. */
interface Counts {
  sent: number
  passed: number
  blocked: number
  dropped: number
  silent: number
  capped: number
  opened: number
  ended: number
  bytesOut: number
  bytesIn: number
}

const none = (): Counts => ({
  ...{ sent: 0, passed: 0, blocked: 0, dropped: 0, silent: 0, capped: 0, opened: 0, ended: 0, bytesOut: 0, bytesIn: 0 },
})

/** Answers of one source and second that are kept apart. */
const mostAnswers = 20

/** Counts what one source of an attack does. */
export class Tally {
  readonly source: string
  #counts = none()
  #statuses: Record<string, number> = {}
  #held: { sumSec: number; minSec: number; maxSec: number } | undefined
  #timed: { known: number[]; unknown: number[] } | undefined
  #said: { known: Record<string, number>; unknown: Record<string, number> } | undefined
  #firstBlock: AttackWindow['firstBlock']
  #isChanged = false
  /** Over all seconds. */
  #open = 0
  #triedAtSec: number | undefined
  #answered = 0
  #isBlocked = false

  constructor(source: string) {
    this.source = source
  }

  get open(): number {
    return this.#open
  }

  count(what: keyof Counts, by = 1): void {
    this.#counts[what] += by
    this.#isChanged = true
  }

  tried(nowSec: number): void {
    this.#triedAtSec ??= nowSec
    this.count('sent')
  }

  opened(): void {
    this.#open++
    this.count('opened')
  }

  /** `byTarget`: it was not we who closed it. */
  gone(heldSec: number, byTarget: boolean): void {
    this.#open--
    this.#isChanged = true
    if (!byTarget) return
    this.#counts.ended++
    const { sumSec, minSec, maxSec } = this.#held ?? { sumSec: 0, minSec: Infinity, maxSec: 0 }
    this.#held = { sumSec: sumSec + heldSec, minSec: Math.min(minSec, heldSec), maxSec: Math.max(maxSec, heldSec) }
  }

  status(status: string): void {
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
    this.#isChanged = true
  }

  passed(): void {
    this.#answered++
    this.count('passed')
  }

  blocked(nowSec: number): void {
    this.count('blocked')
    if (this.#isBlocked) return
    this.#isBlocked = true
    this.#firstBlock = { atSec: nowSec, afterSec: nowSec - (this.#triedAtSec ?? nowSec), afterTries: this.#answered }
  }

  timed(isKnown: boolean, micros: number): void {
    this.#timed ??= { known: [], unknown: [] }
    this.#timed[isKnown ? 'known' : 'unknown'].push(micros)
  }

  said(isKnown: boolean, words: string): void {
    this.#said ??= { known: {}, unknown: {} }
    const answers = this.#said[isKnown ? 'known' : 'unknown']
    const key = words in answers || Object.keys(answers).length < mostAnswers ? words : '(other)'
    answers[key] = (answers[key] ?? 0) + 1
  }

  /** What happened since the last call, `oldestSec` being the age of its oldest connection; undefined when nothing did and nothing is held. */
  take(oldestSec = 0): Omit<AttackWindow, 'kind' | 'test' | 'attack'> | undefined {
    if (!this.#isChanged && this.#open === 0) return undefined
    const window = {
      source: this.source,
      ...this.#counts,
      statuses: this.#statuses,
      open: this.#open,
      ...(oldestSec > 0 ? { oldestSec } : {}),
      ...(this.#held === undefined ? {} : { held: this.#held }),
      ...(this.#firstBlock === undefined ? {} : { firstBlock: this.#firstBlock }),
      ...(this.#timed === undefined ? {} : { timed: this.#timed }),
      ...(this.#said === undefined ? {} : { said: this.#said }),
    }
    this.#counts = none()
    this.#statuses = {}
    this.#held = this.#timed = this.#said = this.#firstBlock = undefined
    this.#isChanged = false
    return window
  }
}
