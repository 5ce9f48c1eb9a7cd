import type { FailureKind } from '../model/sample.ts'
import type { AlertResult } from '../model/alert-result.ts'
import type { AttackResult } from '../model/attack-result.ts'
import type { BreakerResult } from '../model/breaker-result.ts'
import type { MonitorResult } from '../model/monitor-result.ts'
import type { LimiterResult } from '../model/limiter-result.ts'
import type { PoolResult } from '../model/pool-result.ts'
import type { FaultResult, Finding, ProbeResult, ResourceVerdict, TestResult } from '../model/run-result.ts'
import type { Range, RunData, TestData } from '../analysis/index.ts'
import type { FindingId } from './finding-catalogue.ts'
import { finding } from './finding-catalogue.ts'
import { attackFindings } from './attack/index.ts'
import { breakerFindings } from './breaker/index.ts'
import { drainFindings, drainsOf } from './drain.ts'
import { alertFindings } from './alerts/index.ts'
import { auditFound } from './findings-audit.ts'
import { connectionsNearLimit, lockContention, slowQuery } from './findings-database.ts'
import { breakerAbsent, queueUnbounded, retryStorm } from './findings-dependency.ts'
import { leaksFound } from './findings-leak.ts'
import { cacheIneffective, eventLoopBlocked, memoryGrowth, poolExhausted, targetSaturated } from './findings-target.ts'
import { timeoutAbsent } from './findings-timeout.ts'
import { digits } from './format-value.ts'
import { lackInWords, lackOfTime } from './lack-of-time.ts'
import type { JudgedLeak } from './leaks.ts'
import { monitorFindings } from './monitor/index.ts'
import { limiterFindings } from './limiter/index.ts'
import { heldStretches, poolFindings } from './pool/index.ts'
import { faultStretches, recoveryFindings } from './recovery/index.ts'
import { resourceFindings } from './resources/index.ts'
import { runsInProcess } from './in-process.ts'

export interface FindingInput {
  readonly data: RunData
  readonly test: TestData
  readonly probes: Readonly<Record<string, ProbeResult>>
  readonly validity: TestResult['validity']
  readonly leaks: readonly JudgedLeak[]
  readonly resources: readonly ResourceVerdict[]
  readonly faults: readonly FaultResult[]
  readonly attacks: readonly AttackResult[]
  readonly breakers: readonly BreakerResult[]
  readonly pools: readonly PoolResult[]
  readonly limiters: readonly LimiterResult[]
  readonly monitor: MonitorResult | undefined
  readonly alerts: readonly AlertResult[] | undefined
  /** Judged time and the tail after it. */
  readonly range: Range
}

type Detector = (input: FindingInput) => readonly Finding[]

const detectors: readonly Detector[] = [
  auditFound,
  slowQuery,
  eventLoopBlocked,
  poolExhausted,
  cacheIneffective,
  connectionsNearLimit,
  lockContention,
  targetSaturated,
  leaksFound,
  resourceFindings,
  afterFaults,
  underAttack,
  brokenBreakers,
  brokenPools,
  brokenLimiters,
  falseWatch,
  queueUnbounded,
  retryStorm,
  breakerAbsent,
  timeoutAbsent,
  memoryGrowth,
  generatorLimited,
  errorsByKind,
]

const severities: readonly Finding['severity'][] = ['critical', 'warning', 'info']

/** What is wrong and worth a look, the gravest first. A healthy target has none. */
export function findingsOf(input: FindingInput): Finding[] {
  const found = detectors.flatMap((detect) => detect(input))
  return found.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
}

function afterFaults({ test, faults }: FindingInput): readonly Finding[] {
  return [...recoveryFindings(faults), ...drainFindings(drainsOf(test, faults))]
}

function underAttack({ attacks, test }: FindingInput): readonly Finding[] {
  return attackFindings(attacks, test)
}

function brokenBreakers({ breakers }: FindingInput): readonly Finding[] {
  return breakerFindings(breakers)
}

/** What watches the target, and is wrong itself. */
function falseWatch({ monitor, alerts }: FindingInput): readonly Finding[] {
  return [...alertFindings(alerts), ...monitorFindings(monitor)]
}

function brokenPools({ pools }: FindingInput): readonly Finding[] {
  return poolFindings(pools)
}

function brokenLimiters({ limiters }: FindingInput): readonly Finding[] {
  return limiterFindings(limiters)
}

/** `generator-limited`: one of the checks of its time is void, or two of them warn. */
function generatorLimited({ validity, ...run }: FindingInput): Finding[] {
  // There the generator's thread is the target's as well: the checks say so themselves.
  if (runsInProcess(run)) return []
  const raised = lackOfTime(validity.checks)
  const isVoid = raised.some((check) => check.verdict === 'void')
  if (!isVoid && raised.length < 2) return []
  return [finding('generator-limited', `${lackInWords(raised)}.`, isVoid ? 'critical' : 'warning')]
}

/** Ours: single failures happen; one in a thousand, or ten, are a pattern. */
function isPattern(count: number, of: number): boolean {
  return count >= 10 || (count > 0 && count >= 0.001 * of)
}

const kinds: readonly [FindingId, readonly FailureKind[]][] = [
  ['requests-refused', ['refused', 'reset', 'closed-early']],
  ['requests-time-out', ['timeout', 'timeout-connect', 'timeout-first-byte']],
]

interface Failed {
  readonly id: FindingId
  readonly total: number
  /** `12 × reset, 3 × refused`. */
  readonly list: string
  readonly example: string
}

/** Answers by status that were not expected: a scenario may ask for a 507 (`expect`), and then it is no failure. Of a request of which some were, nobody knows which: no more than failed. */
function unexpectedIn(
  test: TestData,
  range: Range,
  isMeant: (status: number) => boolean,
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const name of test.series('request')) {
    const { statuses, failures } = test.total('request', { name, range })
    let left = failures.status ?? 0
    for (const [status, times] of Object.entries(statuses)) {
      if (!isMeant(Number(status))) continue
      const some = Math.min(times, left)
      left -= some
      if (some > 0) counts.set(status, (counts.get(status) ?? 0) + some)
    }
  }
  return [...counts]
}

/** What failed in a stretch of a test, by its kind. */
function failedIn(test: TestData, range: Range): { readonly count: number; readonly failed: readonly Failed[] } {
  const { count, failures } = test.total('request', { range })
  const listed = (counts: readonly (readonly [what: string, times: number])[]) => ({
    total: counts.reduce((sum, [, times]) => sum + times, 0),
    list: counts.map(([what, times]) => `${digits(times)} × ${what}`).join(', '),
  })
  const ofKinds = kinds.map(([id, of]): Failed => {
    const seen = of.map((kind) => [kind, failures[kind] ?? 0] as const).filter(([, times]) => times > 0)
    return { id, ...listed(seen), example: exampleOf(test, of) }
  })
  const server = unexpectedIn(test, range, (status) => status >= 500)
  const limited = unexpectedIn(test, range, (status) => status === 429)
  return {
    count,
    failed: [
      ...ofKinds,
      { id: 'server-errors', ...listed(server), example: exampleOf(test, ['status']) },
      { id: 'rate-limited', ...listed(limited), example: '' },
    ],
  }
}

/** What fails while the test breaks something is what it was to show: it is told, and no defect by itself. */
function errorsByKind({ test, range, faults, attacks, pools }: FindingInput): Finding[] {
  const all = failedIn(test, range)
  const stretches = [...faultStretches([...faults, ...attacks], test), ...heldStretches(pools, test)]
  const broken = stretches.map((stretch) => failedIn(test, stretch))
  const countBroken = broken.reduce((sum, { count }) => sum + count, 0)
  return all.failed.flatMap(({ id, total, list, example }) => {
    if (!isPattern(total, all.count)) return []
    const inside = broken.reduce((sum, { failed }) => sum + (failed.find((one) => one.id === id)?.total ?? 0), 0)
    const evidence = `${digits(total)} of ${digits(all.count)} requests: ${list}.`
    return inside > 0 && !isPattern(total - inside, all.count - countBroken)
      ? [finding(id, `${evidence} While a fault or an attack was there, or until the recovery from it.${example}`, 'info')]
      : [finding(id, `${evidence}${example}`)]
  })
}

function exampleOf(test: TestData, of: readonly FailureKind[]): string {
  const example = test.examples.find(({ failure }) => of.includes(failure))
  return example === undefined ? '' : ` For example ${example.name}: ${example.message}`
}
