/** More numbers than this missing at once are not remembered one by one. */
const mostMissing = 10_000

/** What has come of one sender's numbered messages, in whatever order. The first one that comes sets the beginning: what was before it was not for us. */
export class SequenceLog {
  #first = 0
  #last = 0
  #missing: Set<number> | undefined
  /** Missing beyond {@link mostMissing}. */
  #forgotten = 0

  get missing(): number {
    return (this.#missing?.size ?? 0) + this.#forgotten
  }

  /** Takes a number, and says how it came. // hot */
  take(number: number): 'next' | 'doubled' | 'unordered' {
    if (this.#last === 0) {
      this.#first = number
      this.#last = number
      return 'next'
    }
    if (number > this.#last) {
      if (number > this.#last + 1) this.#miss(this.#last + 1, number - 1)
      this.#last = number
      return 'next'
    }
    if (this.#missing?.delete(number) === true) return 'unordered'
    // What was sent before our first one and comes later is late, and nothing that we wait for.
    return number < this.#first ? 'unordered' : 'doubled'
  }

  /** What is missing is lost: it is not waited for any longer. Returns how many. */
  settle(): number {
    const lost = this.missing
    this.#missing = undefined
    this.#forgotten = 0
    return lost
  }

  #miss(from: number, to: number): void {
    this.#missing ??= new Set()
    for (let number = from; number <= to; number++) {
      if (this.#missing.size >= mostMissing) {
        this.#forgotten += to - number + 1
        return
      }
      this.#missing.add(number)
    }
  }
}
