import type { CheckVerdict, Finding, LeakResult, ObjectiveResult, ResourceVerdict, Verdict } from '../../model/run-result.ts'
import type { RunOverview } from '../overview/run-overview.ts'
import type { VariantWords } from '../variant-words.ts'
import type { PageCapacity } from './capacity/capacity-data.ts'
import type { PageFaults } from './faults/fault-data.ts'
import type { PageSelfReports } from './self-report-view.ts'

/** What the report page is made of: plain data, small, and complete without anything else. The page's own code knows only these types. */
export interface PageData {
  readonly title: string
  readonly verdict: PageVerdict
  readonly startedAt: string
  readonly command: string
  readonly facts: readonly PageFact[]
  readonly errors: readonly { readonly code: string; readonly text: string }[]
  /** What could not be watched, and why. */
  readonly notices: readonly string[]
  /** What several tests say together; one speaks for itself. */
  readonly overview: RunOverview | null
  /** Configurations that were compared. */
  readonly variants: readonly VariantWords[]
  readonly tests: readonly PageTest[]
}

export interface PageVerdict {
  readonly verdict: Verdict
  readonly word: string
  readonly mark: string
  readonly meaning: string
  readonly why: string
}

export interface PageFact {
  readonly label: string
  readonly value: string
}

export interface PageTest {
  readonly name: string
  readonly verdict: PageVerdict
  readonly next: readonly string[]
  readonly validity: { readonly verdict: CheckVerdict; readonly words: string; readonly checks: readonly PageCheck[] }
  readonly figures: readonly PageFigure[]
  /** How the load was made, and what was judged, in one sentence. */
  readonly load: string
  /** Of a test that searches its capacity. */
  readonly capacity: PageCapacity | null
  readonly leaks: { readonly heading: string; readonly rows: readonly PageLeak[]; readonly charts: readonly PageChart[] } | null
  readonly faults: readonly PageFault[]
  /** What came of them. */
  readonly broken: PageFaults
  /** What the target says of itself. */
  readonly selfReports: PageSelfReports
  readonly limits: readonly PageLimit[]
  /** How it bore what was taken from it. */
  readonly resources: readonly ResourceVerdict[]
  readonly time: PageTime
  readonly charts: readonly PageChart[]
  readonly percentiles: PagePercentiles
  readonly requests: readonly PageRow[]
  /** Where the load has several phases: one row each, in their order. */
  readonly phaseRows: readonly PageRow[]
  readonly steps: readonly PageRow[]
  readonly scenarios: readonly PageRow[]
  readonly checks: readonly { readonly name: string; readonly passed: number; readonly failed: number }[]
  readonly metrics: readonly { readonly name: string; readonly kind: string; readonly values: readonly PageFact[] }[]
  readonly objectives: readonly PageObjective[]
  readonly findings: readonly Finding[]
  readonly failures: readonly { readonly kind: string; readonly name: string; readonly count: number; readonly example: string }[]
}

/** The one time axis of a test: `points` values, `stepSec` apart, from 0. */
export interface PageTime {
  readonly points: number
  readonly stepSec: number
  readonly warmupSec: number
  readonly judged: readonly [from: number, to: number]
  readonly phases: readonly PagePhase[]
  readonly alarms: readonly { readonly sec: number; readonly text: string }[]
  /** When alerts of the target were raised. */
  readonly alerts: readonly { readonly name: string; readonly fromSec: number; readonly toSec: number }[]
  /** Faults that came to be, as long as they lasted. */
  readonly faults: readonly { readonly name: string; readonly fromSec: number; readonly toSec: number }[]
}

/** `trial`: of a search, and how it ended; its name is a load, which is shown whole or not at all. */
export interface PagePhase {
  readonly name: string
  readonly fromSec: number
  readonly toSec: number
  readonly trial?: 'bears' | 'fails' | 'void'
}

export interface PageLeak {
  readonly resource: string
  readonly verdict: LeakResult['verdict']
  /** Growth a request and its interval, in words. */
  readonly growth: string
  readonly interval: string
  /** Time to the limit, and the limit. */
  readonly limit: string
  readonly reason: string
}

export interface PageFault {
  readonly id: string
  readonly kind: string
  readonly when: string
  readonly verified: boolean
  /** How many requests or connections met it, where that is counted. */
  readonly crossed: string
  readonly evidence: string
}

export interface PageLimit {
  readonly name: string
  readonly asked: string
  readonly set: boolean
  readonly how: string
}

export interface PageChart {
  readonly id: string
  readonly title: string
  readonly group: 'main' | 'load' | 'target' | 'more' | 'leak'
  /** As in `inUnit`. */
  readonly unit: string
  /** Offers a logarithmic axis. */
  readonly log: boolean
  readonly series: readonly PageSeries[]
}

export interface PageSeries {
  readonly label: string
  /** `fit`: a line that was fitted to the others. */
  readonly tone: 'normal' | 'bad' | 'limit' | 'fit'
  /** One a point of the time axis; null: not known. */
  readonly values: readonly (number | null)[]
}

/** `x` is log10(1 / (1 - quantile)): 0 = the lowest, 1 = p90, 2 = p99 … as far as the samples carry it. */
export interface PagePercentiles {
  readonly x: readonly number[]
  readonly responseMs: readonly (number | null)[]
  readonly serviceMs: readonly (number | null)[]
  readonly samples: number
}

export interface PageFigure {
  readonly label: string
  readonly value: string
  readonly note: string
}

export interface PageRow {
  readonly name: string
  readonly count: number
  readonly perSec: number | null
  readonly errorRate: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
  /** Over the whole test, evenly spaced. */
  readonly rateLine: readonly (number | null)[]
  readonly p95Line: readonly (number | null)[]
  /** Answers by status and mean parts of the time, in words. */
  readonly detail: string
}

export interface PageObjective extends ObjectiveResult {
  readonly actualText: string
  readonly limitText: string
  /** Actual as a share of the limit, for a bar; null where that says nothing. */
  readonly share: number | null
}

export interface PageCheck {
  readonly id: string
  readonly title: string
  readonly verdict: CheckVerdict
  readonly value: string
  readonly limit: string
  readonly advice: string
}
