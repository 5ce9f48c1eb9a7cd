import { AuditTallies } from '../../metrics/index.ts'
import type { AuditOutcome, AuditReadBack, AuditWork, AuditWrite } from '../../model/audit-record.ts'
import { mostAuditedOperations } from '../../model/audit-record.ts'
import { Changes } from './changes.ts'

/** Names of counters in one test. */
const mostCounters = 10_000

/** A write that was noted before its request was sent. */
export interface Attempt {
  readonly ids: readonly string[]
  /** The target gives the id: it is known from the answer, if ever. */
  readonly anonymous: boolean
  readonly version: number | undefined
  readonly fromSec: number
  /** Its beginning has left with an earlier second. */
  isTold: boolean
}

export interface DeskOptions {
  /** Run clock. */
  readonly nowSec: () => number
  readonly workers: number
  readonly most?: number
}

/** What the users of one test in one worker note for the audit, until it leaves with the second's window. */
export class AuditDesk {
  readonly checks = new AuditTallies()
  readonly #nowSec: () => number
  #room: number
  #writes: AuditWrite[] = []
  #readBacks: AuditReadBack[] = []
  #open = new Set<Attempt>()
  #counters = new Map<string, Changes>()
  readonly #names = new Set<string>()
  #skipped = 0

  constructor({ nowSec, workers, most = mostAuditedOperations }: DeskOptions) {
    this.#nowSec = () => Math.round(nowSec() * 1e6) / 1e6
    this.#room = Math.floor(most / workers)
  }

  nowSec(): number {
    return this.#nowSec()
  }

  /** Undefined: there is no room for it, and it is counted as such. */
  begin(what: Pick<Attempt, 'ids' | 'anonymous' | 'version'>): Attempt | undefined {
    if (!this.#take(Math.max(1, what.ids.length))) return undefined
    const { ids, anonymous, version } = what
    const attempt: Attempt = { ids, anonymous, version, fromSec: this.#nowSec(), isTold: false }
    this.#open.add(attempt)
    return attempt
  }

  /** `given`: the id that the target gave. // hot */
  end(attempt: Attempt | undefined, outcome: AuditOutcome, given?: string): void {
    if (attempt === undefined) return
    this.#open.delete(attempt)
    const to = this.#nowSec()
    const [id] = attempt.ids
    if (id !== undefined && attempt.ids.length === 1 && attempt.version === undefined && !attempt.isTold) {
      // By far the most; without copies of copies.
      this.#writes.push({ id, from: attempt.fromSec, to, outcome })
      return
    }
    const ended = { to, outcome, ...(attempt.isTold ? { begun: true as const } : {}) }
    for (const write of writesOf(attempt, given)) this.#writes.push({ ...write, ...ended })
  }

  readBack(id: string, from: number, seen: boolean | number): void {
    if (this.#take(1)) this.#readBacks.push({ id, from, seen })
  }

  change(counter: string, outcome: 'begun' | 'acknowledged' | 'failed', amount: number): void {
    let changes = this.#counters.get(counter)
    if (changes === undefined) {
      if (!this.#names.has(counter) && this.#names.size >= mostCounters) {
        this.#skipped++
        return
      }
      this.#names.add(counter)
      this.#counters.set(counter, (changes = new Changes()))
    }
    changes.add(outcome, amount)
  }

  #take(operations: number): boolean {
    if (this.#room < operations) {
      this.#skipped += operations
      return false
    }
    this.#room -= operations
    return true
  }

  /** Everything since the last call, with the beginning of what is still under way; undefined: nothing. */
  cut(): AuditWork | undefined {
    for (const attempt of this.#open) {
      attempt.isTold = true
      this.#writes.push(...writesOf(attempt))
    }
    this.#open.clear()
    const work: AuditWork = {
      ...(this.#writes.length > 0 ? { writes: this.#writes } : {}),
      ...(this.#readBacks.length > 0 ? { readBacks: this.#readBacks } : {}),
      ...(this.#counters.size > 0 ? { counters: Object.fromEntries(this.#counters) } : {}),
      ...(this.#skipped > 0 ? { skipped: this.#skipped } : {}),
      ...this.checks.take(),
    }
    this.#writes = []
    this.#readBacks = []
    this.#counters = new Map()
    this.#skipped = 0
    return Object.keys(work).length === 0 ? undefined : work
  }
}

function writesOf({ ids, anonymous, version, fromSec }: Attempt, given?: string): readonly AuditWrite[] {
  if (anonymous) return [{ ...(given === undefined ? {} : { id: given }), from: fromSec, anonymous: true }]
  return ids.map((id) => ({ id, from: fromSec, ...(version === undefined ? {} : { version }) }))
}
