import type { FailureKind } from '../model/sample.ts'
import type { BreakerResult } from '../model/breaker-result.ts'
import type { FaultResult, Finding, ProbeResult, ResourceVerdict, TestResult } from '../model/run-result.ts'
import type { Range, RunData, TestData } from '../analysis/index.ts'
import type { FindingId } from './finding-catalogue.ts'
import { finding } from './finding-catalogue.ts'
import { breakerFindings } from './breaker/index.ts'
import { drainFindings, drainsOf } from './drain.ts'
import { auditFound } from './findings-audit.ts'
import { connectionsNearLimit, lockContention, slowQuery } from './findings-database.ts'
import { breakerAbsent, queueUnbounded, retryStorm } from './findings-dependency.ts'
import { leaksFound } from './findings-leak.ts'
import { cacheIneffective, eventLoopBlocked, memoryGrowth, poolExhausted, targetSaturated } from './findings-target.ts'
import { digits } from './format-value.ts'
import type { JudgedLeak } from './leaks.ts'
import { recoveryFindings } from './recovery/index.ts'
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
  readonly breakers: readonly BreakerResult[]
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
  brokenBreakers,
  queueUnbounded,
  retryStorm,
  breakerAbsent,
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

function brokenBreakers({ breakers }: FindingInput): readonly Finding[] {
  return breakerFindings(breakers)
}

/** Checks that speak of the generator's lack of time. */
const limiting = new Set(['generator-cpu', 'event-loop-use', 'event-loop-delay', 'late-sends', 'slip', 'achieved-rate'])

/** `generator-limited`: one of them is void, or two of them warn. */
function generatorLimited({ validity, ...run }: FindingInput): Finding[] {
  // There the generator's thread is the target's as well: the checks say so themselves.
  if (runsInProcess(run)) return []
  const raised = validity.checks.filter((check) => limiting.has(check.id) && check.verdict !== 'ok')
  const isVoid = raised.some((check) => check.verdict === 'void')
  if (!isVoid && raised.length < 2) return []
  const evidence = raised
    .map(({ title, value, unit }) => `${title}: ${value === null ? 'unknown' : shown(value, unit)}`)
    .join('; ')
  return [finding('generator-limited', `${evidence}.`, isVoid ? 'critical' : 'warning')]
}

function shown(value: number, unit: string): string {
  return unit === 'ratio' ? `${digits(value * 100)} %` : `${digits(value)} ${unit}`
}

/** Ours: single failures happen; one in a thousand, or ten, are a pattern. */
function isPattern(count: number, of: number): boolean {
  return count >= 10 || (count > 0 && count >= 0.001 * of)
}

const kinds: readonly [FindingId, readonly FailureKind[]][] = [
  ['requests-refused', ['refused', 'reset', 'closed-early']],
  ['requests-time-out', ['timeout', 'timeout-connect', 'timeout-first-byte']],
]

function errorsByKind({ test, range }: FindingInput): Finding[] {
  const { count, failures, statuses } = test.total('request', { range })
  const found: Finding[] = []
  for (const [id, ofKind] of kinds) {
    const seen = ofKind.flatMap((kind) => ((failures[kind] ?? 0) > 0 ? [`${digits(failures[kind] ?? 0)} × ${kind}`] : []))
    const total = ofKind.reduce((sum, kind) => sum + (failures[kind] ?? 0), 0)
    if (isPattern(total, count))
      found.push(finding(id, `${digits(total)} of ${digits(count)} requests: ${seen.join(', ')}.${exampleOf(test, ofKind)}`))
  }
  const server = Object.entries(statuses).filter(([status]) => Number(status) >= 500)
  const broken = server.reduce((sum, [, answers]) => sum + answers, 0)
  if (isPattern(broken, count)) {
    const list = server.map(([status, answers]) => `${digits(answers)} × ${status}`).join(', ')
    found.push(finding('server-errors', `${digits(broken)} of ${digits(count)} requests: ${list}.${exampleOf(test, ['status'])}`))
  }
  const limited = statuses['429'] ?? 0
  if (isPattern(limited, count))
    found.push(finding('rate-limited', `${digits(limited)} of ${digits(count)} requests were answered with 429.`))
  return found
}

function exampleOf(test: TestData, of: readonly FailureKind[]): string {
  const example = test.examples.find(({ failure }) => of.includes(failure))
  return example === undefined ? '' : ` For example ${example.name}: ${example.message}`
}
