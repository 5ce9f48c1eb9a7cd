import type { FailureExample } from '../model/sample.ts'

const perKind = 3
const kinds = 300

/** Keeps the first few failures of each kind and name: enough to see what happened, never a memory leak. */
export class Examples {
  readonly #seen = new Map<string, number>()
  #new: FailureExample[] = []

  wants(failure: string, name: string): boolean {
    const key = `${failure}\n${name}`
    const seen = this.#seen.get(key) ?? 0
    if (seen >= perKind || (seen === 0 && this.#seen.size >= kinds)) return false
    this.#seen.set(key, seen + 1)
    return true
  }

  add(example: FailureExample): void {
    this.#new.push(example)
  }

  take(): FailureExample[] {
    const taken = this.#new
    this.#new = []
    return taken
  }
}
