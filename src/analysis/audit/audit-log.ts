import type { AuditChanges, AuditHook, AuditLine, AuditReadBack, AuditWork } from '../../model/audit-record.ts'
import { CheckSums, sumOfChanges } from './check-sums.ts'
import { FinalRead } from './final-read.ts'
import { outcomeOfState, WriteLog } from './write-log.ts'

/** What the scenarios of one test noted. */
export class AuditedTest {
  readonly name: string
  readonly writes = new WriteLog()
  readonly readBacks: AuditReadBack[] = []
  readonly counters = new Map<string, AuditChanges>()
  readonly checks = new CheckSums()
  /** Writes and reads that there was no room for. */
  skipped = 0

  constructor(name: string) {
    this.name = name
  }

  add(work: AuditWork): void {
    for (const write of work.writes ?? []) this.writes.add(write)
    for (const readBack of work.readBacks ?? []) this.readBacks.push(readBack)
    for (const [name, changes] of Object.entries(work.counters ?? {}))
      this.counters.set(name, sumOfChanges(this.counters.get(name), changes))
    this.checks.add(work)
    this.skipped += work.skipped ?? 0
  }
}

/** The audit of a run as its record tells it: who wrote what, and what is there in the end. */
export class AuditLog {
  /** In the order in which they began. */
  readonly tests = new Map<string, AuditedTest>()
  /** Grows with every line: an answer that was worked out before may be old. */
  lines = 0
  readonly #reads = new Map<string, FinalRead>()

  add(line: AuditLine): void {
    this.lines++
    switch (line.kind) {
      case 'audit-work':
        this.#testOf(line.test).add(line)
        return
      case 'audit-found':
        for (const id of line.ids) this.#readOf(line).add(id)
        return
      case 'audit-total':
        this.#readOf(line).totals.set(line.counter, { value: line.value, from: line.from })
        return
      case 'audit-checks':
        this.#readOf(line).checks.add(line)
        return
      case 'audit-read': {
        const read = this.#readOf(line)
        read.ids = line.ids
        read.error = line.error
      }
    }
  }

  /** What was there before the first test. */
  get before(): FinalRead | undefined {
    return this.#reads.get(keyOf({ hook: 'setup' }))
  }

  /** What the plan's `audit` said after this test; where it did not look at anything, what `teardown` said. */
  finalRead(test: string): { readonly read: FinalRead; readonly hook: 'audit' | 'teardown' } | undefined {
    const own = this.#reads.get(keyOf({ hook: 'audit', test }))
    const last = this.#reads.get(keyOf({ hook: 'teardown' }))
    const ownLooked = own !== undefined && (own.ids !== null || own.totals.size > 0)
    if (own !== undefined && (ownLooked || last === undefined)) return { read: own, hook: 'audit' }
    return last === undefined ? undefined : { read: last, hook: 'teardown' }
  }

  /** Ids that an earlier final read has shown: what it says of them was said then. */
  isKnownBefore(test: string, id: string): boolean {
    for (const other of this.tests.keys()) {
      if (other === test) return false
      if (this.#reads.get(keyOf({ hook: 'audit', test: other }))?.found.has(id) === true) return true
    }
    return false
  }

  #testOf(name: string): AuditedTest {
    const known = this.tests.get(name)
    if (known !== undefined) return known
    const test = new AuditedTest(name)
    this.tests.set(name, test)
    return test
  }

  #readOf(hook: AuditHook): FinalRead {
    const key = keyOf(hook)
    const known = this.#reads.get(key)
    if (known !== undefined) return known
    const read = new FinalRead()
    this.#reads.set(key, read)
    return read
  }
}

/** Ids that scenarios tried to write and that were not refused: of one test, or of the run. */
export function* couldBeThere(log: AuditLog, test?: string): Generator<string, undefined> {
  for (const { name, writes } of log.tests.values()) {
    if (test !== undefined && name !== test) continue
    for (const [id, state] of writes.states) if (outcomeOfState(state) !== 'failed') yield id
  }
}

function keyOf(hook: AuditHook): string {
  return hook.hook === 'audit' ? `audit ${hook.test}` : hook.hook
}
