import type { AuditTally } from '../../model/audit-record.ts'
import type { AuditCounts } from '../../model/audit-result.ts'
import type { AuditLog } from './audit-log.ts'
import { CheckSums } from './check-sums.ts'
import type { CounterBounds } from './counters.ts'
import { boundsOf } from './counters.ts'
import type { ExaminedIds } from './examined-ids.ts'
import { countsOf, examineIds } from './examined-ids.ts'
import type { Staleness } from './staleness.ts'
import { stalenessOf } from './staleness.ts'

/** What the record shows of the data of one test (D10). */
export interface AuditFacts {
  readonly counts: AuditCounts
  /** `none`: nobody looked; `broken-off`: the look came to no end, and what it did not show may be there. */
  readonly read: 'complete' | 'none' | 'broken-off'
  readonly error: string | undefined
  readonly ids: ExaminedIds
  readonly stale: Staleness
  readonly counters: readonly CounterBounds[]
  readonly echoes: AuditTally
  readonly payloads: AuditTally
  readonly invariants: ReadonlyMap<string, AuditTally>
  /** Operations that there was no room for. */
  readonly skipped: number
}

const nothing = { count: 0, of: 0, examples: [] }
const noIds: ExaminedIds = { lost: nothing, overwritten: nothing, duplicates: nothing, phantoms: nothing }

/** Undefined: the scenarios of the test keep no audit. */
export function examineAudit(log: AuditLog, name: string): AuditFacts | undefined {
  const test = log.tests.get(name)
  if (test === undefined) return undefined
  const final = log.finalRead(name)
  const read = final?.read
  const checks = new CheckSums()
  checks.addAll(test.checks)
  if (read !== undefined) checks.addAll(read.checks)
  const looked = read !== undefined && read.ids !== null
  return {
    counts: countsOf(test, read?.ids ?? null),
    read: !looked ? 'none' : read.isComplete ? 'complete' : 'broken-off',
    error: read?.error,
    ids: looked ? examineIds(log, test, { read, isLast: final?.hook === 'audit' || isLastOfTeardown(log, name) }) : noIds,
    stale: stalenessOf(test),
    counters: [...test.counters].map(([counter, changes]) => boundsOf(counter, changes, read?.totals.get(counter))),
    echoes: checks.echoes,
    payloads: checks.payloads,
    invariants: checks.invariants,
    skipped: test.skipped,
  }
}

/** `teardown` speaks of several tests at once: what nobody wrote is told once. */
function isLastOfTeardown(log: AuditLog, name: string): boolean {
  const others = [...log.tests.keys()].filter((test) => log.finalRead(test)?.hook === 'teardown')
  return others.at(-1) === name
}
