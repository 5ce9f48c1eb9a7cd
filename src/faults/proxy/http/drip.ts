const shortestStepMs = 5

/** Lets bytes go evenly over a time that begins with the first of them: after half the time half of them. What comes later than that passes at once. */
export class Drip {
  readonly #overMs: number
  readonly #totalBytes: number | undefined
  readonly #out: (bytes: Buffer) => void
  readonly #queue: Buffer[] = []
  #startMs: number | undefined
  #received = 0
  #sent = 0
  #isOver = false
  #timer: NodeJS.Timeout | undefined

  /** @param totalBytes how many will come; undefined when nobody knows */
  constructor(overMs: number, totalBytes: number | undefined, out: (bytes: Buffer) => void) {
    this.#overMs = overMs
    this.#totalBytes = totalBytes
    this.#out = out
  }

  get heldBytes(): number {
    return this.#received - this.#sent
  }

  add(bytes: Buffer): void {
    this.#received += bytes.length
    if (this.#isOver) {
      this.#sent += bytes.length
      this.#out(bytes)
      return
    }
    this.#queue.push(bytes)
    this.#startMs ??= performance.now()
    this.#timer ??= setTimeout(this.#step, this.#stepMs())
  }

  /** Everything that it holds goes now, and everything that comes. */
  release(): void {
    this.stop()
    this.#isOver = true
    this.#let(this.heldBytes)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** One byte a step, where the clock of the machine can do that. */
  #stepMs(): number {
    const leftMs = this.#overMs - (performance.now() - (this.#startMs ?? 0))
    return Math.max(1, Math.min(leftMs, Math.max(shortestStepMs, this.#overMs / this.#expected())))
  }

  #expected(): number {
    return this.#totalBytes ?? this.#received
  }

  readonly #step = (): void => {
    this.#timer = undefined
    const share = (performance.now() - (this.#startMs ?? 0)) / this.#overMs
    if (share >= 1) {
      this.release()
      return
    }
    const due = Math.floor(this.#expected() * share) - this.#sent
    this.#timer = setTimeout(this.#step, this.#stepMs())
    this.#let(Math.min(due, this.heldBytes))
  }

  #let(count: number): void {
    for (let left = count; left > 0;) {
      const first = this.#queue.shift()
      if (first === undefined) return
      if (first.length > left) this.#queue.unshift(first.subarray(left))
      const bytes = first.length > left ? first.subarray(0, left) : first
      left -= bytes.length
      this.#sent += bytes.length
      this.#out(bytes)
    }
  }
}
