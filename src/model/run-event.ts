import type { FailureExample, FailureKind } from './sample.ts'
import type { TestSpec } from './plan-spec.ts'

/** A line of `events.ndjson`: `t` is the run clock in seconds. */
export type RunEvent = { readonly t: number } & (
  | { readonly kind: 'run-started'; readonly schema: string; readonly startedAt: string }
  | { readonly kind: 'task-started' | 'task-ended'; readonly title: string; readonly error?: string }
  | { readonly kind: 'service-ready'; readonly name: string; readonly pid?: number; readonly version?: string }
  | { readonly kind: 'target-ready'; readonly pid?: number; readonly startupSec: number }
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
  | {
      readonly kind: 'alarm'
      readonly test: string
      readonly condition: string
      readonly value: number
      readonly scope: 'target' | 'host' | 'load'
    }
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

/** `completed`: the whole load was run. */
export type EndReason = 'completed' | 'stopped' | 'interrupted' | 'target-died' | 'error'
