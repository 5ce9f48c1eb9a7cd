import type { AuditCounts } from '../../model/audit-result.ts'
import type { AuditLog, AuditedTest } from './audit-log.ts'
import type { FinalRead } from './final-read.ts'
import type { WriteState } from './write-log.ts'
import { outcomeOfState } from './write-log.ts'

/** How many of what was looked at show a defect, and a few of them. */
export interface Sightings {
  readonly count: number
  readonly of: number
  readonly examples: readonly string[]
}

export interface ExaminedIds {
  /** Acknowledged, and not there. */
  readonly lost: Sightings
  /** There in a version older than one that was acknowledged. */
  readonly overwritten: Sightings
  readonly duplicates: Sightings
  /** There, and never attempted or plainly refused. */
  readonly phantoms: Sightings
}

const mostExamples = 10

class Sighted implements Sightings {
  count = 0
  of = 0
  readonly examples: string[] = []

  see(example: string): void {
    this.count++
    if (this.examples.length < mostExamples) this.examples.push(example)
  }
}

export function countsOf({ writes }: AuditedTest, ids: number | null): AuditCounts {
  const { uncertain, failed } = writes.nameless
  const counts = { acknowledged: 0, failed, uncertain }
  for (const state of writes.states.values()) counts[outcomeOfState(state)]++
  return { written: counts.acknowledged + counts.failed + counts.uncertain, ...counts, read: ids }
}

/** Which of the writes of a test are in the final read, and what else is (D10). `isLast`: what nobody wrote is laid to this test. */
export function examineIds(
  log: AuditLog,
  test: AuditedTest,
  { read, isLast }: { read: FinalRead; isLast: boolean },
): ExaminedIds {
  const lost = new Sighted()
  const overwritten = new Sighted()
  const duplicates = new Sighted()
  const phantoms = new Sighted()
  const before = log.before
  for (const [id, state] of test.writes.states) {
    if (before?.found.has(id) === true) continue
    const found = read.found.get(id)
    const came = outcomeOfState(state)
    if (came === 'acknowledged' && read.isComplete) {
      lost.of++
      if (found === undefined) lost.see(id)
    }
    if (found === undefined || found.count === 0) continue
    duplicates.of++
    phantoms.of++
    if (found.count > 1) duplicates.see(`${id} × ${String(found.count)}`)
    if (came === 'failed') phantoms.see(`${id} (answered with a failure)`)
    compareVersions({ id, state, version: found.version }, { overwritten, phantoms })
  }
  if (isLast) seeUnknown(log, { test, read, phantoms })
  return { lost, overwritten, duplicates, phantoms }
}

function compareVersions(
  { id, state, version }: { id: string; state: WriteState; version: number | undefined },
  { overwritten, phantoms }: { overwritten: Sighted; phantoms: Sighted },
): void {
  if (version === undefined || state.highest === undefined) return
  const acknowledged = (state.versions ?? []).reduce((most, one) => Math.max(most, one.version), -Infinity)
  overwritten.of++
  if (version < acknowledged) overwritten.see(`${id} (version ${String(version)}, acknowledged ${String(acknowledged)})`)
  else if (version > state.highest)
    phantoms.see(`${id} (version ${String(version)}, at most ${String(state.highest)} was written)`)
}

/** Ids that no test attempted and that were not there before. As many as attempts without a known id may have left are not counted. */
function seeUnknown(log: AuditLog, { test, read, phantoms }: { test: AuditedTest; read: FinalRead; phantoms: Sighted }): void {
  const tests = [...log.tests.values()]
  // Where writes were not kept, or not all that was there before, nobody can say who wrote an id.
  if (tests.some(({ skipped }) => skipped > 0) || (log.before?.beyond ?? 0) > 0) return
  const isKnown = (id: string): boolean =>
    tests.some(({ writes }) => writes.states.has(id)) || log.before?.found.has(id) === true || log.isKnownBefore(test.name, id)
  const unknown: string[] = []
  for (const [id, { count }] of read.found) {
    if (count === 0 || isKnown(id)) continue
    phantoms.of++
    unknown.push(id)
  }
  const excused = tests.reduce((sum, { writes }) => sum + writes.nameless.uncertain, 0)
  for (const id of unknown.slice(excused)) phantoms.see(`${id} (never written)`)
}
