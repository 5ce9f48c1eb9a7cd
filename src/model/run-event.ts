import type { AttackKind } from './attack-spec.ts'
import type { BreakerStep } from './breaker-step.ts'
import type { FaultAction } from './fault-spec.ts'
import type { LimiterStep } from './limiter-step.ts'
import type { PoolStep } from './pool-step.ts'
import type { LimitResult } from './run-result.ts'
import type { Scrape } from './monitor-spec.ts'
import type { FailureExample, FailureKind } from './sample.ts'
import type { TestSpec } from './plan-spec.ts'
import type { ThresholdCrossing } from './threshold-crossing.ts'

/** A line of `events.ndjson`: `t` is the run clock in seconds. */
export type RunEvent = { readonly t: number } & (
  | { readonly kind: 'run-started'; readonly schema: string; readonly startedAt: string }
  /** A run that was cut off goes on in the same record: what had ended early has not ended. */
  | { readonly kind: 'run-resumed'; readonly startedAt: string }
  | { readonly kind: 'task-started' | 'task-ended'; readonly title: string; readonly error?: string }
  /** Of services and the target: after each start, also when a fault has ended them and they run again as another process. */
  | { readonly kind: 'service-ready'; readonly name: string; readonly pid?: number; readonly version?: string }
  | { readonly kind: 'target-ready'; readonly pid?: number; readonly startupSec: number }
  /** What a test asked to be laid on its target, and what this machine has set. */
  | { readonly kind: 'limits-set'; readonly test: string; readonly limits: readonly LimitResult[] }
  | {
      readonly kind: 'target-ended'
      readonly code: number | null
      readonly signal: string | null
      readonly lastLines: readonly string[]
    }
  | { readonly kind: 'test-started'; readonly test: string; readonly spec: TestSpec }
  /** The load of the test begins: windows and phases count from here. */
  | { readonly kind: 'load-started'; readonly test: string }
  | { readonly kind: 'load-ended'; readonly test: string; readonly reason: EndReason }
  | { readonly kind: 'test-ended'; readonly test: string; readonly reason: EndReason }
  /** A search holds one load: everything from `t` to the trial's end belongs to it. */
  | ({ readonly kind: 'trial-started'; readonly test: string } & TrialPlan)
  | {
      readonly kind: 'trial-ended'
      readonly test: string
      readonly trial: number
      readonly reason: TrialEnd
      /** The stop condition, where one ended it. */
      readonly condition?: string
    }
  /** The target is back at its baseline, or was not within the limit; `waitedFor` names what was not. */
  | {
      readonly kind: 'settled'
      readonly test: string
      readonly afterTrial: number
      readonly sec: number
      readonly settled: boolean
      readonly waitedFor: readonly string[]
    }
  /** `t` is when it began; written once it was verified, or could not be. */
  | {
      readonly kind: 'fault-started'
      readonly test: string
      readonly id: string
      readonly fault: FaultAction['kind']
      readonly verified: boolean
      readonly evidence: string
    }
  /** `held`: it was still there just before its end; `reverted`: nothing of it is left. */
  | {
      readonly kind: 'fault-ended'
      readonly test: string
      readonly id: string
      readonly held: boolean
      readonly reverted: boolean
      readonly evidence: string
      /** Requests or connections that met it; absent: nothing counts them. */
      readonly crossed?: number
      /** What was measured of it: seconds that a process took to end … */
      readonly facts?: Readonly<Record<string, number>>
    }
  /** `ok`: it runs, for the evidence; else it could not be made. */
  | {
      readonly kind: 'attack-started'
      readonly test: string
      readonly id: string
      readonly attack: AttackKind
      readonly ok: boolean
      readonly evidence: string
    }
  /** A step of a search. */
  | { readonly kind: 'attack-step'; readonly test: string; readonly id: string; readonly perSec: number }
  /** Every connection of it is closed; `closed`: there were so many. */
  | {
      readonly kind: 'attack-ended'
      readonly test: string
      readonly id: string
      readonly closed: number
      readonly why: AttackEnd
    }
  /** What the plan counted in the target's own audit log before and after. */
  | {
      readonly kind: 'attack-counted'
      readonly test: string
      readonly id: string
      readonly before: number | null
      readonly after: number | null
      readonly error?: string
    }
  /** What the test of a circuit breaker does to its link. */
  | ({ readonly kind: 'breaker-step'; readonly test: string } & BreakerStep)
  /** What the test of a connection pool does to its link and to the database. */
  | ({ readonly kind: 'pool-step'; readonly test: string } & PoolStep)
  /** What the test of a rate limiter asked, and was answered. */
  | ({ readonly kind: 'limiter-step'; readonly test: string } & LimiterStep)
  | {
      readonly kind: 'alarm'
      readonly test: string
      readonly condition: string
      readonly value: number
      readonly scope: 'target' | 'host' | 'load' | 'run'
    }
  /** Databases made anew before a test, as the plan's `setup` had left them. */
  | { readonly kind: 'data-restored'; readonly test: string; readonly services: readonly string[]; readonly sec: number }
  /** The target raised or cleared an alert at our receiver. `of`: its labels, where one name has several. */
  | {
      readonly kind: 'alert'
      readonly test?: string
      readonly name: string
      readonly status: 'raised' | 'cleared'
      readonly of?: string
    }
  /** The page of metrics of a target whose `monitor` is compared; `t` is when it was asked for. */
  | ({ readonly kind: 'scrape' } & Scrape)
  /** A test that only watches tells when an objective is crossed, in both directions. */
  | ({ readonly kind: 'threshold'; readonly test: string } & ThresholdCrossing)
  | { readonly kind: 'probe-unavailable'; readonly probe: string; readonly reason: string }
  /** Facts that a probe learns once or now and then and that are no numbers: slowest statement, version, limits. */
  | { readonly kind: 'probe-fact'; readonly probe: string; readonly fact: string; readonly value: unknown }
  | { readonly kind: 'probe-units'; readonly units: Readonly<Record<string, string>> }
  | ({ readonly kind: 'failure-example'; readonly test: string } & FailureExample)
  | {
      readonly kind: 'log'
      readonly test?: string
      readonly level: 'info' | 'warn' | 'error'
      readonly text: string
      readonly user?: number
      readonly iteration?: number
    }
  | {
      readonly kind: 'error'
      readonly test?: string
      readonly code: string
      readonly text: string
      readonly failure?: FailureKind
    }
  | { readonly kind: 'run-ended'; readonly reason: EndReason }
)

/** What a trial is for: the search's own purposes, then what is held beyond the capacity, and what follows when it is taken away. */
export type TrialKind = 'bracket' | 'bisect' | 'confirm-lower' | 'confirm-upper' | 'overload' | 'hysteresis'

export interface TrialPlan {
  /** Counts from 1 within its test. */
  readonly trial: number
  readonly purpose: TrialKind
  /** In the unit of the search. */
  readonly load: number
  /** Multiple of the capacity, for `overload` and `hysteresis`. */
  readonly factor?: number
  /** Planned length. */
  readonly durationSec: number
}

/** `certain`: its outcome was certain before its time was over (it fails; after an overload: it has recovered); `stopped`: a stop condition on the target or the load was met. */
export type TrialEnd = 'completed' | 'certain' | 'stopped' | 'target-died' | 'interrupted'

/** `denied`: a search has found what it looked for. */
export type AttackEnd = 'completed' | 'denied' | 'interrupted'

/** `completed`: the whole load was run. */
export type EndReason = 'completed' | 'stopped' | 'interrupted' | 'target-died' | 'error'
