import type { AttackCourse, RunData, TestData } from '../../analysis/index.ts'
import { attackCourse, attackTimesOf, medianBlockedSec, median, recoveriesOf } from '../../analysis/index.ts'
import type { AttackAudit, AttackBlock, AttackResult } from '../../model/attack-result.ts'
import type { AttackSpec } from '../../model/attack-spec.ts'
import type { RecoveryResult } from '../../model/recovery-result.ts'
import { latencyLimitOf, workKindOf } from '../capacity/index.ts'
import { plural } from '../format-value.ts'
import { isPoolWaiting } from '../pool-gauges.ts'
import { auditOf } from './audit.ts'
import { connectionsOf } from './connections.ts'
import { enumerationOf } from './enumeration.ts'
import { isDenied, legitimateUsers, pointsOf } from './legitimate.ts'
import { defectsOf } from './defects.ts'
import { searchOf } from './search.ts'

/** What came of each attack of a test; undefined where it has none. */
export function judgeAttacks(data: RunData, test: TestData): readonly AttackResult[] | undefined {
  const { attacks } = test.spec
  if (attacks === undefined) return undefined
  const recoveries = recoveriesOfAttacks(data, test)
  return attacks.map((spec, i) => judgeAttack(test, spec, recoveries[i]))
}

/** As after faults; those of the test are looked at together with its attacks, as each spoils the other's recovery. */
function recoveriesOfAttacks(data: RunData, test: TestData): readonly (RecoveryResult | undefined)[] {
  const times = attackTimesOf(test)
  // Without a load nobody is there to be hindered.
  if (test.spec.kind === 'watch' || times.every(({ atSec }) => atSec === null)) return times.map(() => undefined)
  const { limitSec } = latencyLimitOf(test.spec.objectives)
  const gauges = data.probeNames.filter(isPoolWaiting)
  const all = recoveriesOf(test, { kind: workKindOf(test), limitSec, gauges, attacks: times })
  return all.slice(all.length - times.length).map((recovery) => recovery ?? undefined)
}

function judgeAttack(test: TestData, spec: AttackSpec, recovery: RecoveryResult | undefined): AttackResult {
  const { id, attack, target, sources } = spec
  const start = test.loadStartSec ?? test.startSec
  const begun = test.events.find((event) => event.kind === 'attack-started' && event.id === id)
  const over = test.events.find((event) => event.kind === 'attack-ended' && event.id === id)
  const at = begun?.kind === 'attack-started' && begun.ok ? begun.t - start : null
  const until = over === undefined ? null : over.t - start
  const course = attackCourse(test.attack(id))
  const toSec = until ?? test.loadSec
  const points = at === null ? [] : pointsOf(recovery, { from: Math.floor(at), to: Math.ceil(toSec) })
  const common = {
    ...{ id, kind: attack.kind, target: `${target.host}:${target.port}`, at, until, sources: Math.max(1, sources.length) },
    evidence: begun?.kind === 'attack-started' ? begun.evidence : 'the test ended before it began',
    tries: triesOf(course),
    block: blockOf(course),
    connections: connectionsOf(spec, course),
    legitimate: at === null ? nobody : legitimateUsers(test, spec, { at, until: toSec, recovery }),
    denied: isDenied(points),
    ...(recovery === undefined ? {} : { recovery }),
    ...(spec.search === undefined ? {} : { search: searchOf(test, id, { until: toSec, recovery }) }),
    ...(attack.kind === 'userEnumeration' ? { enumeration: enumerationOf(course) } : {}),
    ...audited(test, spec, course),
  }
  if (at === null) return { ...common, verdict: 'UNKNOWN', reason: `It could not be made: ${common.evidence}.` }
  if (course.sent === 0) return { ...common, verdict: 'UNKNOWN', reason: 'Nothing of it was sent.' }
  const defects = defectsOf(common, test.spec.objectives)
  const [first] = defects
  if (first !== undefined) return { ...common, verdict: 'FAIL', reason: defects.map(({ evidence }) => evidence).join(' ') }
  return { ...common, verdict: 'PASS', reason: borneReason(common) }
}

const nobody: AttackResult['legitimate'] = {
  ...{ before: null, during: null, after: null, blocked: 0, blockedShare: null, goodput: null, p95Ratio: null },
}

function triesOf({ sent, passed, blocked, dropped, silent, capped, statuses }: AttackCourse): AttackResult['tries'] {
  return { sent, passed, blocked, dropped, silent, capped, statuses }
}

function blockOf({ sources, sent }: AttackCourse): AttackBlock | null {
  if (sent === 0) return null
  const tried = sources.filter((source) => source.sent > 0)
  const blocked = tried.flatMap((one) => (one.blockedAfterSec === null ? [] : [one.blockedAfterSec]))
  const after = tried.reduce(
    (sum, one) => ({ passed: sum.passed + one.after.passed, all: sum.all + one.after.passed + one.after.blocked }),
    { passed: 0, all: 0 },
  )
  return {
    sources: blocked.length,
    share: tried.length === 0 ? 0 : blocked.length / tried.length,
    firstSec: blocked.length === 0 ? null : Math.min(...blocked),
    medianSec: medianBlockedSec(tried),
    triesBefore: blocked.length === 0 ? null : median(tried.flatMap(({ triesBefore }) => triesBefore ?? [])),
    passedAfter: after.all === 0 ? null : after.passed / after.all,
  }
}

function audited(
  test: TestData,
  { id, hasAuditCount, attack }: AttackSpec,
  course: AttackCourse,
): { readonly audit?: AttackAudit } {
  return hasAuditCount ? { audit: auditOf(test, id, { kind: attack.kind, course }) } : {}
}

function borneReason({ denied, block, recovery }: Pick<AttackResult, 'denied' | 'block' | 'recovery'>): string {
  const said = [
    ...(denied === false ? ['Service went on.'] : denied === null ? ['There was no load to compare with.'] : []),
    ...(block !== null && block.sources > 0 ? [`${plural(block.sources, 'source was', 'sources were')} blocked.`] : []),
    ...(recovery === undefined || recovery.verdict === 'unknown' ? [] : [recovery.reason]),
  ]
  return said.join(' ')
}
