import type { Problems } from '../base/check.ts'
import type { LimitsSpec } from '../model/limits-spec.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { MetricSpec } from '../model/plan-spec.ts'
import type { AttackContext } from './attacks/index.ts'
import type { PlanPlaces } from './faults/index.ts'
import type { Isolation } from './resolve-isolation.ts'
import type { ReadTrace } from './resolve-load.ts'

/** What every test of a plan shares. */
export interface TestScope {
  readonly problems: Problems
  readonly dir: string
  readonly scenarioNames: readonly string[]
  readonly mix: Readonly<Record<string, number>> | undefined
  readonly objectives: readonly ObjectiveSpec[]
  readonly stopWhen: readonly ObjectiveSpec[]
  readonly metrics: readonly MetricSpec[]
  readonly prefixes: readonly string[]
  readonly readTrace: ReadTrace
  /** Whether proofload starts it, and the limits for tests that have none of their own. */
  /** What faults can be done to. */
  readonly places: PlanPlaces
  /** Names of the rate limiters that the plan declares. */
  readonly limiters: readonly string[]
  /** The plan's `nemesis`, as written: for soak tests that have none of their own. */
  readonly nemesis: unknown
  /** `--target`: another than the plan was written for. */
  readonly isElsewhere: boolean
  /** Where attacks go, and hosts that they may go to wherever they are. */
  readonly attacks: Pick<AttackContext, 'targetUrl' | 'iOwn' | 'hasAuditCount'>
  readonly isolation: Isolation
  readonly target: { readonly limits: LimitsSpec | undefined; readonly isStarted: boolean }
}
