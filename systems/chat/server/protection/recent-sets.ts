export interface RecentSetsOptions {
  readonly windowMs: number
  /** Members that a set needs to remember. */
  readonly most: number
  /** Sets at once; beyond them the one that was touched longest ago goes. */
  readonly mostSets?: number
  readonly nowMs: () => number
}

/** For each key, the different members that were seen within the window; bounded in both. */
export class RecentSets {
  readonly #options: Required<RecentSetsOptions>
  /** The set that was touched longest ago comes first; of each member, when it was last seen. */
  readonly #sets = new Map<string, Map<string, number>>()

  constructor(options: RecentSetsOptions) {
    this.#options = { mostSets: 20_000, ...options }
  }

  get size(): number {
    return this.#sets.size
  }

  /** How many different members the key has now, this one included. */
  add(key: string, member: string): number {
    const { windowMs, most, nowMs } = this.#options
    const now = nowMs()
    const members = this.#sets.get(key) ?? new Map<string, number>()
    this.#sets.delete(key)
    this.#sets.set(key, members)
    members.delete(member)
    members.set(member, now)
    for (const [oldest, atMs] of members) {
      if (members.size <= most && now - atMs < windowMs) break
      members.delete(oldest)
    }
    this.#forget(now)
    return members.size
  }

  /** Whether the key has not been seen within the window, and that it was seen now. */
  isNew(key: string): boolean {
    const { windowMs, nowMs } = this.#options
    const lastMs = this.#sets.get(key)?.get('')
    if (lastMs !== undefined && nowMs() - lastMs < windowMs) return false
    this.add(key, '')
    return true
  }

  #forget(now: number): void {
    const { windowMs, mostSets } = this.#options
    let looks = 0
    for (const [key, members] of this.#sets) {
      const isOld = [...members.values()].every((atMs) => now - atMs >= windowMs)
      if (this.#sets.size <= mostSets && !isOld) return
      this.#sets.delete(key)
      looks += 1
      if (looks === 2) return
    }
  }
}
