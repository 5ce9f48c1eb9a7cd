/** Something with a deadline: Infinity is none. The index belongs to {@link Deadlines}. */
export interface Timed {
  deadlineMs: number
  deadlineIndex: number
  expire(nowMs: number): void
  abort(): void
}

/** Deadlines are checked this coarsely: a time-out may come up to this much late. */
const resolutionMs = 10

/**
 * One timer for all deadlines of a worker. It knows a lower bound of the earliest deadline and looks at the whole list only when that has passed:
 * while requests come and go under time-outs of seconds, that is seldom, and starting or ending one costs a few instructions.
 */
export class Deadlines {
  readonly #now: () => number
  readonly #list: Timed[] = []
  #earliestMs = Infinity
  #timer: NodeJS.Timeout | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  get size(): number {
    return this.#list.length
  }

  /** hot */
  add(item: Timed): void {
    item.deadlineIndex = this.#list.length
    this.#list.push(item)
    if (item.deadlineMs < this.#earliestMs) this.#arm(item.deadlineMs)
  }

  /** To be called when the deadline of an item was brought forward. */
  moved(item: Timed): void {
    if (item.deadlineMs < this.#earliestMs) this.#arm(item.deadlineMs)
  }

  /** hot */
  remove(item: Timed): void {
    const last = this.#list.pop()
    if (last === undefined || last === item) return
    this.#list[item.deadlineIndex] = last
    last.deadlineIndex = item.deadlineIndex
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#earliestMs = Infinity
  }

  abortAll(): void {
    for (const item of [...this.#list]) item.abort()
  }

  #arm(atMs: number): void {
    if (atMs === Infinity) return
    this.#earliestMs = atMs
    clearTimeout(this.#timer)
    const waitMs = Math.min(2 ** 31 - 1, Math.max(resolutionMs, Math.ceil(atMs - this.#now())))
    this.#timer = setTimeout(() => this.#check(), waitMs)
    this.#timer.unref()
  }

  #check(): void {
    const now = this.#now()
    this.#earliestMs = Infinity
    for (const item of [...this.#list]) if (item.deadlineMs <= now) item.expire(now)
    let next = Infinity
    for (const item of this.#list) if (item.deadlineMs < next) next = item.deadlineMs
    if (next < this.#earliestMs) this.#arm(next)
  }
}
