import type { SeriesWindow } from '../model/sample.ts'
import { compactTotal, createTotaller } from './totals.ts'
import type { SeriesKind, TotalByKind, Totaller } from './totals.ts'

/** Part of a test in seconds from the start of its load: windows that begin in `from <= second < to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

export interface Selection {
  /** One series; absent: all of its kind together. */
  readonly name?: string | undefined
  /** Absent: everything, graceful stop included. */
  readonly range?: Range | undefined
}

interface Entry {
  readonly sec: number
  readonly window: SeriesWindow
}

interface CachedTotal {
  readonly totaller: Totaller
  /** How much of the log it has seen. */
  seen: number
}

/** Totals kept for the next question: a live view asks the same ones each second, a judge asks for each name several times. */
const cachedTotals = 400

/** All windows of one kind of one test, in any order. Totals grow with the log instead of being added up again. */
export class SeriesLog {
  readonly #kind: SeriesKind
  readonly #log: Entry[] = []
  readonly #bySecond = new Map<number, SeriesWindow[]>()
  readonly #names = new Set<string>()
  readonly #cache = new Map<string, CachedTotal>()

  constructor(kind: SeriesKind) {
    this.#kind = kind
  }

  add(sec: number, window: SeriesWindow): void {
    this.#log.push({ sec, window })
    this.#names.add(window.name)
    const same = this.#bySecond.get(sec)
    if (same) same.push(window)
    else this.#bySecond.set(sec, [window])
  }

  get names(): string[] {
    return [...this.#names]
  }

  /** Windows of one second. */
  at(sec: number): readonly SeriesWindow[] {
    return this.#bySecond.get(sec) ?? []
  }

  total({ name, range }: Selection): TotalByKind[SeriesKind] {
    const from = range?.from ?? -Infinity
    const to = range?.to ?? Infinity
    const key = `${from} ${to} ${name === undefined ? '' : `=${name}`}`
    const cached = this.#cache.get(key) ?? this.#fresh(from, to, name)
    const grows = cached.seen < this.#log.length || !this.#cache.has(key)
    for (; cached.seen < this.#log.length; cached.seen++) {
      const entry = this.#log[cached.seen]
      if (entry && entry.sec >= from && entry.sec < to && (name === undefined || entry.window.name === name)) {
        cached.totaller.add(entry.window, entry.sec)
      }
    }
    if (grows) compactTotal(cached.totaller.total)
    this.#cache.delete(key)
    this.#cache.set(key, cached)
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= cachedTotals) break
      this.#cache.delete(oldest)
    }
    return cached.totaller.total
  }

  /** Short ranges are filled by second, so that a sliding window does not read the whole log. */
  #fresh(from: number, to: number, name: string | undefined): CachedTotal {
    const totaller = createTotaller(this.#kind)
    if (to - from > 120) return { totaller, seen: 0 }
    for (let sec = Math.ceil(from); sec < to; sec++) {
      for (const window of this.at(sec)) if (name === undefined || window.name === name) totaller.add(window, sec)
    }
    return { totaller, seen: this.#log.length }
  }
}
