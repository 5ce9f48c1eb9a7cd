import type { PoolResult, PoolTestId, PoolTestResult, PoolUse, PoolVerdict } from '../../model/pool-result.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { baselineRequests } from '../../analysis/index.ts'
import { bearsFullDatabase, bearsWith, databaseFullOf, givesBack, recoveredAt, recovers, stepsOf } from './after-limit.ts'
import { hasLimit, refuses, sparesOthers } from './at-limit.ts'
import type { PoolEvidence, Tested } from './evidence.ts'
import { poolEvidence } from './evidence.ts'
import { poolSize } from './size.ts'

const titles: Readonly<Record<PoolTestId, string>> = {
  limit: 'Has a limit of its own',
  refusal: 'Says in time that there is no connection',
  collateral: 'Serves what needs no connection',
  recovery: 'Is well again when connections are free',
  'given-back': 'Gets all connections back',
  size: 'Bears the load with fewer connections',
  'database-full': 'Goes on while the database takes nobody else',
}

/** What is worse comes first. */
const order: readonly PoolVerdict[] = ['LEAKS', 'NOT_RECOVERED', 'HANGS', 'NO_LIMIT', 'SLOW_FAIL']

/** Without these nobody can say that it is in order. */
const essential: readonly PoolTestId[] = ['limit', 'refusal', 'recovery', 'given-back']

/** Judges the pool to each database that the objectives of a test name, from the record alone. */
export function judgePools(data: RunData, test: TestData): readonly PoolResult[] | undefined {
  const links = new Set(
    test.spec.objectives.flatMap(({ metric }) => (metric.name === 'pool' && metric.selector ? [metric.selector.name] : [])),
  )
  if (links.size === 0) return undefined
  return [...links].map((link) => judgePool(data, test, link))
}

export function judgePool(data: RunData, test: TestData, link: string): PoolResult {
  const evidence = poolEvidence(data, test, link)
  const why = whyUntested(evidence, test, link)
  if (evidence?.usual === undefined || why !== undefined) return untested(link, why ?? 'The pool was not tested.')
  const { limit, again, run, full } = evidence
  const steps = stepsOf(evidence)
  const databaseFull = databaseFullOf(evidence)
  const tested: readonly Tested[] = [
    ...[hasLimit(evidence), refuses(evidence), sparesOthers(evidence), recovers(evidence), givesBack(evidence)],
    ...[bearsWith(evidence, steps), bearsFullDatabase(evidence, databaseFull)],
  ]
  const tests = tested.map(({ id, verdict, evidence: text }): PoolTestResult => ({
    id,
    title: titles[id],
    verdict,
    evidence: text,
  }))
  const failed = tested.filter((one) => one.verdict === 'fail' && one.defect !== undefined)
  const defects = order.filter((defect) => failed.some((one) => one.defect === defect))
  const usual = useOf(evidence)
  const database = run.room ?? null
  return {
    link,
    ...summary(tests, failed, defects),
    defects,
    tests,
    limit:
      limit?.full === undefined ? null : { of: limit.full.isDatabase ? 'database' : 'pool', connections: limit.full.connections },
    database,
    usual,
    full,
    recoverySec: recoveredAt(evidence) ?? null,
    limitAgain: again?.full?.connections ?? null,
    steps,
    databaseFull,
    size: usual === null ? null : poolSize({ data, test, use: usual, room: database }),
  }
}

/** Requests that need a connection are those that do not go on without one; where that is not known, all. */
function useOf({ usual, full }: PoolEvidence): PoolUse | null {
  if (usual === undefined || usual.requests === 0) return null
  const needing = (full?.endpoints ?? []).filter(({ outcome }) => outcome !== 'goes on')
  const needed = needing.reduce((sum, { usualPerSec }) => sum + usualPerSec, 0)
  const perSec = needed > 0 ? needed : usual.perSec
  const { fromSec, toSec, busy, requests } = usual
  return { fromSec, toSec, perSec, offeredPerSec: usual.perSec, busy, holdSec: busy / perSec, requests }
}

/** Share of the arrivals that the generator may leave out without a doubt about what was seen. */
const mostDropped = 0.01

function whyUntested(evidence: PoolEvidence | undefined, test: TestData, link: string): string | undefined {
  if (evidence?.usual === undefined) return 'The pool was not tested: the load did not get as far.'
  const { usual, limit } = evidence
  const [dropped, planned] = test
    .generators()
    .reduce<readonly [number, number]>(([a, b], { window }) => [a + window.dropped.generator, b + window.planned], [0, 0])
  if (dropped > mostDropped * planned) return 'The generator did not send what it should: nothing is said of what it saw.'
  if (limit !== undefined) return undefined
  if (usual.busy === 0)
    return `No statement to ${link} was seen: the requests of this test do not need it, go another way, or are encrypted.`
  if (usual.requests < baselineRequests)
    return `Fewer than ${String(baselineRequests)} requests were made before anything was done: it takes more load, or more time.`
  return 'The pool was not tested: the load ended before.'
}

function summary(
  tests: readonly PoolTestResult[],
  failed: readonly Tested[],
  [worst]: readonly PoolVerdict[],
): Pick<PoolResult, 'verdict' | 'reason'> {
  if (worst !== undefined) {
    const why = failed.filter(({ defect }) => defect === worst).map(({ evidence }) => evidence)
    return { verdict: worst, reason: `${upperFirst(why.join('; '))}.` }
  }
  const open = tests.filter(({ id, verdict }) => essential.includes(id) && verdict !== 'pass')
  if (open.length > 0) {
    const why = open.map(({ id, evidence }) => `${id}: ${evidence}`)
    return { verdict: 'UNKNOWN', reason: `Not known: ${why.join('; ')}.` }
  }
  const told = (id: PoolTestId): string => tests.find((one) => one.id === id)?.evidence ?? ''
  const bad = tests.filter(({ verdict }) => verdict === 'fail').map(({ id, evidence }) => `${id}: ${evidence}`)
  const but = bad.length === 0 ? '' : `; but ${bad.join('; ')}`
  return {
    verdict: 'OK',
    reason: `Full with ${told('limit')}; ${told('refusal')}; ${told('recovery')}; ${told('given-back')}${but}.`,
  }
}

function untested(link: string, reason: string): PoolResult {
  return {
    ...{ link, verdict: 'UNKNOWN', reason, defects: [], tests: [], limit: null, database: null, usual: null, full: null },
    ...{ recoverySec: null, limitAgain: null, steps: [], databaseFull: null, size: null },
  }
}

function upperFirst(text: string): string {
  return text.replace(/^./, (first) => first.toUpperCase())
}
