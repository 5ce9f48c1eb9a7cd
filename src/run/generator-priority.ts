import { availableParallelism } from 'node:os'
import { mayRunInRealTime } from '../base/realtime.ts'
import type { LoadedPlan } from './prepare-plan.ts'

interface Generator {
  readonly plan: Pick<LoadedPlan, 'spec'>
  readonly workers: number
}

/**
 * Whether the generator's threads go before all else: where they may, where they leave a core to everybody else, and where they ask something outside
 * of them (functions under test that run on these threads compete for cores as anybody does).
 */
export function runsInRealTime({ plan: { spec }, workers }: Generator): boolean {
  const asksOthers = spec.target !== undefined || Object.keys(spec.services).length > 0
  return asksOthers && workers < availableParallelism() && mayRunInRealTime()
}
