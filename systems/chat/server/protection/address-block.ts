import { addressKey } from './address-key.ts'
import type { AddressBlock } from './contract.ts'

export interface BlockOptions {
  /** So many failed log-ins within the window block an address. */
  readonly failures?: number
  readonly windowSec?: number
  /** The first block; each one after it is twice as long, up to the longest. */
  readonly firstSec?: number
  readonly longestSec?: number
  /** So long after its last block an address begins anew. */
  readonly forgetSec?: number
  /** Beyond so many addresses the one that failed longest ago is forgotten. */
  readonly most?: number
  readonly nowMs?: () => number
  readonly onBlocked?: (blocked: { readonly address: string; readonly user: string; readonly sec: number }) => void
}

interface Failure {
  readonly atMs: number
  readonly user: string
}

interface Record {
  failures: readonly Failure[]
  blockedUntilMs: number
  blocks: number
}

export class FailureBlock implements AddressBlock {
  readonly #options: Required<BlockOptions>
  /** The address that failed longest ago comes first. */
  readonly #records = new Map<string, Record>()

  constructor(options: BlockOptions = {}) {
    this.#options = {
      failures: 10,
      windowSec: 60,
      firstSec: 30,
      longestSec: 3_600,
      forgetSec: 3_600,
      most: 100_000,
      nowMs: () => performance.now(),
      onBlocked: () => undefined,
      ...options,
    }
  }

  /** Addresses that are turned away now, with the seconds that are left. */
  blocked(): readonly { readonly address: string; readonly sec: number }[] {
    return [...this.#records.keys()].flatMap((address) => {
      const sec = this.blockedForSec(address)
      return sec > 0 ? [{ address, sec }] : []
    })
  }

  /** Addresses that somebody has to remember. */
  get size(): number {
    return this.#records.size
  }

  isBlocked(address: string): boolean {
    return this.blockedForSec(address) > 0
  }

  blockedForSec(address: string): number {
    const record = this.#records.get(addressKey(address))
    return record === undefined ? 0 : Math.max(0, (record.blockedUntilMs - this.#options.nowMs()) / 1_000)
  }

  failed(address: string, user: string): void {
    const { failures, windowSec, firstSec, longestSec, nowMs, onBlocked } = this.#options
    // Log-ins that were under way when the block began add nothing to it.
    if (this.isBlocked(address)) return
    const now = nowMs()
    const key = addressKey(address)
    const known = this.#records.get(key) ?? { failures: [], blockedUntilMs: -Infinity, blocks: 0 }
    const recent = [...known.failures.filter(({ atMs }) => now - atMs < windowSec * 1_000), { atMs: now, user }]
    this.#records.delete(key)
    if (recent.length < failures) {
      this.#records.set(key, { ...known, failures: recent })
    } else {
      const blocks = this.#isForgotten(known, now) ? 0 : known.blocks
      const sec = Math.min(longestSec, firstSec * 2 ** blocks)
      this.#records.set(key, { failures: [], blockedUntilMs: now + sec * 1_000, blocks: blocks + 1 })
      onBlocked({ address, user, sec })
    }
    this.#forget(now)
  }

  succeeded(address: string, user: string): void {
    const record = this.#records.get(addressKey(address))
    if (record === undefined) return
    record.failures = record.failures.filter((failure) => failure.user !== user)
    if (record.failures.length === 0 && record.blocks === 0) this.#records.delete(addressKey(address))
  }

  #isForgotten({ blockedUntilMs }: Record, now: number): boolean {
    return now - blockedUntilMs >= this.#options.forgetSec * 1_000
  }

  #forget(now: number): void {
    const { most, windowSec } = this.#options
    let looks = 0
    for (const [address, record] of this.#records) {
      const isQuiet = record.failures.every(({ atMs }) => now - atMs >= windowSec * 1_000)
      if (this.#records.size <= most && !(isQuiet && this.#isForgotten(record, now))) return
      this.#records.delete(address)
      looks += 1
      if (looks === 2) return
    }
  }
}

/** A planted defect: failed log-ins may be repeated for ever. */
export const noBlock: AddressBlock & Pick<FailureBlock, 'blocked'> = {
  blocked: () => [],
  isBlocked: () => false,
  blockedForSec: () => 0,
  failed: () => undefined,
  succeeded: () => undefined,
}
