import type { PlanSpec } from './plan-spec.ts'
import type { MachineSpec } from './run-result.ts'

/** `plan.json`: everything about a run that is known before it begins. Secrets are masked. */
export interface RunHeader {
  readonly schema: string
  readonly plan: PlanSpec
  readonly seed: number
  readonly startedAt: string
  readonly workers: number
  readonly machine: MachineSpec
  /** The command that runs it again, e.g. `proofload run shop.plan.ts --seed 42`. */
  readonly command: string
}
