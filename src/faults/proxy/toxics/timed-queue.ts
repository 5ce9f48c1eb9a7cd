import type { Outlet } from '../stage.ts'

/** More than that is not held of one direction of one connection: its sender waits, as for a TCP window. */
const mostBytes = 4 * 1024 * 1024

/** Bytes that go on at their time, in order: one that is due before the one in front of it waits for it. */
export class TimedQueue {
  readonly #out: Outlet
  #held: { readonly chunk: Buffer | 'end'; readonly dueMs: number }[] = []
  #bytes = 0
  #lastDueMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(out: Outlet) {
    this.#out = out
  }

  get isFull(): boolean {
    return this.#bytes >= mostBytes
  }

  add(chunk: Buffer, dueMs: number): void {
    this.#bytes += chunk.length
    this.#push(chunk, dueMs)
  }

  addEnd(dueMs: number): void {
    this.#push('end', dueMs)
  }

  /** All of it goes on now. */
  flush(): void {
    this.#passUntil(Infinity)
  }

  #push(chunk: Buffer | 'end', dueMs: number): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs)
    this.#held.push({ chunk, dueMs: this.#lastDueMs })
    if (this.#held.length === 1) this.#passUntil(performance.now())
  }

  #passUntil(nowMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    let passed = 0
    for (const { chunk, dueMs } of this.#held) {
      if (dueMs > nowMs) break
      passed++
      if (chunk === 'end') this.#out.end()
      else {
        this.#bytes -= chunk.length
        this.#out.write(chunk)
      }
    }
    this.#held = passed === this.#held.length ? [] : this.#held.slice(passed)
    const next = this.#held[0]
    // Timers of Node count whole milliseconds and end early rather than late by a fraction: rounded up, nothing comes too soon.
    if (next !== undefined) this.#timer = setTimeout(() => this.#passUntil(performance.now()), Math.ceil(next.dueMs - nowMs))
  }
}
