/** One text in the making, with the memory that belongs to it: sources, versions, the text itself. */
export interface Draft {
  readonly topic: string
  readonly memory: Buffer
  text: string
}

/** Holds the drafts that live. What is forgotten is garbage, and its memory goes back. */
export class Drafts {
  readonly #alive = new Set<Draft>()
  readonly #history: Draft[] = []
  readonly #bytesEach: number
  readonly #forgetsFinished: boolean

  constructor(options: { readonly bytesEach: number; readonly forgetsFinished: boolean }) {
    this.#bytesEach = options.bytesEach
    this.#forgetsFinished = options.forgetsFinished
  }

  get count(): number {
    return this.#alive.size + this.#history.length
  }

  /** Memory that is held now, for finished drafts too where they are kept. */
  get bytes(): number {
    return this.count * this.#bytesEach
  }

  open(topic: string): Draft {
    // Filled, because pages that nobody wrote to cost nothing.
    const draft: Draft = { topic, memory: Buffer.alloc(this.#bytesEach, 1), text: '' }
    this.#alive.add(draft)
    return draft
  }

  finish(draft: Draft): void {
    this.#alive.delete(draft)
    if (!this.#forgetsFinished) this.#history.push(draft)
  }

  clear(): void {
    this.#history.length = 0
  }
}
