import type { AlertResult } from './alert-result.ts'
import type { AttackResult } from './attack-result.ts'
import type { AuditResult } from './audit-result.ts'
import type { BreakerResult } from './breaker-result.ts'
import type { CapacityResult } from './capacity-result.ts'
import type { MonitorResult } from './monitor-result.ts'
import type { PhaseSpec } from './plan-spec.ts'
import type { LimiterResult } from './limiter-result.ts'
import type { PoolResult } from './pool-result.ts'
import type { RecoveryResult } from './recovery-result.ts'
import type { VariantsResult } from './variants-result.ts'

/** `result.json`: the contract with users. Percentiles that the samples cannot carry are `null`. Times in ms unless the name says otherwise. */
export interface RunResult {
  readonly schema: string
  readonly name: string
  readonly startedAt: string
  readonly seed: number
  readonly exitCode: number
  readonly verdict: Verdict
  readonly tests: readonly TestResult[]
  /** One a test whose variants are compared. */
  readonly variants?: readonly VariantsResult[]
  readonly fingerprint: string
  readonly machine: MachineSpec
  readonly errors: readonly { readonly code: string; readonly text: string }[]
}

export type Verdict = 'passed' | 'failed' | 'invalid' | 'stopped' | 'interrupted' | 'error'

export interface MachineSpec {
  readonly hostname: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly node: string
  readonly proofload: string
  /** Whether idle cores were kept from sleeping while the run lasted; older records do not say. */
  readonly coresAwake?: boolean
  /** Whether the generator's threads had real-time priority, in tests of up to 200 arrivals a second for each; older records do not say. */
  readonly realtimeGenerator?: boolean
}

export interface TestResult {
  readonly name: string
  readonly suite: string
  readonly kind: string
  readonly verdict: Verdict
  /** Why, in one sentence for a person. */
  readonly reason: string
  readonly durationSec: number
  /** Start of the load on the run clock. */
  readonly startSec: number
  readonly validity: { readonly verdict: CheckVerdict; readonly checks: readonly ValidityCheck[] }
  readonly totals: Totals
  readonly latencyMs: Latency
  readonly serviceMs: Latency
  readonly slipMs: Latency
  readonly requests: readonly RequestResult[]
  readonly steps: readonly GroupResult[]
  readonly scenarios: readonly GroupResult[]
  readonly checks: readonly { readonly name: string; readonly passed: number; readonly failed: number }[]
  readonly metrics: readonly MetricResult[]
  readonly errors: readonly { readonly kind: string; readonly name: string; readonly count: number; readonly example: string }[]
  readonly phases: readonly PhaseResult[]
  readonly warmup: {
    readonly sec: number
    readonly trimmedShare: number
    /** Where MSER-5 would begin, shown only. */ readonly steadyFromSec: number | null
  }
  readonly objectives: readonly ObjectiveResult[]
  readonly probes: Readonly<Record<string, ProbeResult>>
  readonly findings: readonly Finding[]
  readonly capacity?: CapacityResult
  /** Growth in proportion to the requests (D12), one a resource that was watched; absent where nothing was. */
  readonly leaks?: readonly LeakResult[]
  readonly faults?: readonly FaultResult[]
  readonly attacks?: readonly AttackResult[]
  /** One a dependency with an objective `breaker(NAME)`. */
  readonly breakers?: readonly BreakerResult[]
  /** One a database with an objective `pool(NAME)`. */
  readonly pools?: readonly PoolResult[]
  /** One a rate limiter with an objective `limiter(NAME)`. */
  readonly limiters?: readonly LimiterResult[]
  /** What became of the data, where a scenario keeps an audit. */
  readonly audit?: AuditResult
  /** Where the target has a `monitor`: whether its page of metrics tells what was seen. */
  readonly monitor?: MonitorResult
  /** One an alert that the plan lists or the target raised. */
  readonly alerts?: readonly AlertResult[]
  /** Of a test that only watches: when its readings were beyond an objective. */
  readonly crossings?: readonly CrossingResult[]
  /** What `limits` asked for and what this machine could set. */
  readonly limits?: readonly LimitResult[]
  /** How the target bore each resource that a test with `limits` or pressure took from it (D13). */
  readonly resources?: readonly ResourceVerdict[]
  /** Abandoned arrivals by cause, and who was to blame. */
  readonly dropped: { readonly usersCap: number; readonly generator: number; readonly target: number }
}

export type CheckVerdict = 'ok' | 'warn' | 'void'

export interface ValidityCheck {
  readonly id: string
  /** What is checked, for a person. */
  readonly title: string
  readonly verdict: CheckVerdict
  readonly value: number | null
  readonly limit: number | null
  readonly unit: string
  readonly advice: string
}

export interface Totals {
  readonly requests: number
  readonly failed: number
  readonly iterations: number
  readonly dropped: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Requests per second over the judged time. */
  readonly perSec: number
  /** 0..1 */
  readonly errorRate: number
}

export interface Latency {
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly mean: number | null
  readonly min: number | null
  readonly max: number | null
  readonly samples: number
  /** 95 % intervals by block bootstrap over the seconds, where there are enough of them. */
  readonly intervals?: Readonly<Partial<Record<'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'mean', readonly [number, number]>>>
}

export interface RequestResult {
  readonly name: string
  readonly totals: Totals
  readonly latencyMs: Latency
  readonly serviceMs: Latency
  readonly statuses: Readonly<Record<string, number>>
  /** Mean of each part, in ms, over the requests that had it. */
  readonly partsMs: Readonly<Record<string, number>>
}

export interface GroupResult {
  readonly name: string
  readonly count: number
  readonly failed: number
  readonly latencyMs: Latency
}

export interface MetricResult {
  readonly name: string
  readonly kind: 'trend' | 'counter' | 'gauge'
  readonly unit: string
  readonly count: number
  readonly sum: number
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  readonly p50?: number | null
  readonly p95?: number | null
  readonly p99?: number | null
  readonly last?: number | null
}

export interface ObjectiveResult {
  readonly text: string
  readonly verdict: 'pass' | 'fail' | 'unknown'
  /** In the unit of the objective's metric. */
  readonly actual: number | null
  readonly limit: number
  readonly unit: string
  readonly reason: string
  /** Where the metric is a word (`breaker(payments)`, `pool(db)`, `limiter(login)`): what it is, `unknown` included; `actual` is then null, and `limit` says nothing. */
  readonly word?: string
}

export interface ProbeResult {
  readonly unit: string
  readonly min: number
  readonly mean: number
  readonly max: number
  readonly p95: number
}

export interface Finding {
  /** Stable, from the documented list. */
  readonly id: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly title: string
  readonly evidence: string
  readonly advice: string
}

/** A phase of the load; where there are several, with what was answered in the judged seconds of each. */
export interface PhaseResult extends PhaseSpec {
  /** Of its requests; of its iterations where functions are tested in process. */
  readonly figures?: { readonly count: number; readonly failed: number; readonly perSec: number; readonly latencyMs: Latency }
}

export interface LeakResult {
  /** The probe: `target.memory`, `target.files` … */
  readonly resource: string
  readonly verdict: 'leak' | 'none' | 'unknown'
  readonly reason: string
  /** Of the growth and the limit: a page of metrics does not tell the units of its values. */
  readonly unit: 'bytes' | 'count'
  /** Growth a request, and its 99 % interval. */
  readonly perRequest: number | null
  readonly interval: readonly [low: number, high: number] | null
  readonly secondsToLimit: number | null
  readonly limit: number | null
  /** Fitted line over the readings: seconds from the start of the load, value. Null without a fit. */
  readonly line: { readonly fromSec: number; readonly from: number; readonly toSec: number; readonly to: number } | null
}

export interface FaultResult {
  readonly id: string
  readonly kind: string
  /** Seconds from the start of the load; null when it never came to be. */
  readonly at: number | null
  readonly clearedAt: number | null
  readonly verified: boolean
  /** What was seen: of the fault, and of its end. */
  readonly evidence: string
  /** The link, service, process or folder that it was done to, where it has one. */
  readonly on?: string
  /** Requests or connections that met it, of a fault on a link; null: none of its kind are counted. */
  readonly crossed: number | null
  /** Nothing of it is left. */
  readonly reverted: boolean
  /** Figures that the fault itself measured: `endedSec`, `killed`, `readySec`, `crashes`. */
  readonly facts?: Readonly<Record<string, number>>
  /** Absent where the load did not go on long enough to say anything. */
  readonly recovery?: RecoveryResult
}

/** From the second of two readings in a row that said so to that of two that did not; null: it was so to the end. */
export interface CrossingResult {
  readonly objective: string
  readonly unit: string
  /** The reading that said so. */
  readonly value: number
  readonly fromSec: number
  readonly toSec: number | null
}

export interface LimitResult {
  readonly name: string
  readonly asked: number
  readonly set: boolean
  /** By what it was set, or why it was not. */
  readonly how: string
}

export interface ResourceVerdict {
  readonly resource: 'files' | 'memory' | 'cpu' | 'disk' | 'processes'
  readonly verdict: 'PASS' | 'FAIL' | 'UNKNOWN'
  readonly reason: string
  /** The target came to the limit, or the pressure was really there; null: nothing shows it. */
  readonly reached: boolean | null
  /** Failure kind or status that most requests failed with meanwhile; null: none failed beyond what failed before. */
  readonly errorClass: string | null
  /** Other endpoints that failed with the one that failed most. */
  readonly collateral: readonly string[]
  /** The same process served before and after. */
  readonly survived: boolean | null
  /** From the release until five good seconds in a row begin; 0: it never failed; null: not seen. */
  readonly recoveredSec: number | null
  /** What the target holds of the resource is back at what it held before. */
  readonly givenBack: boolean | null
}
