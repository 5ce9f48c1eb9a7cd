import type { TestSpec } from '../../model/plan-spec.ts'
import type { RecoveryResult } from '../../model/recovery-result.ts'
import type { FaultResult } from '../../model/run-result.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { recoveriesOf } from '../../analysis/index.ts'
import { capacityFound, latencyLimitOf, workKindOf } from '../capacity/index.ts'
import { isPoolWaiting } from '../pool-gauges.ts'

/** The faults of a test with what each did to the service; of one that never came to be there is nothing to say. */
export function withRecovery(data: RunData, test: TestData, faults: readonly FaultResult[]): readonly FaultResult[] {
  // In a search the load changes all the time: there is no baseline.
  if (test.spec.capacity !== undefined || test.spec.kind === 'watch') return faults
  const { limitSec } = latencyLimitOf(test.spec.objectives)
  const gauges = data.probeNames.filter(isPoolWaiting)
  const capacityPerSec = capacityOfRun(data, test)
  const recoveries = recoveriesOf(test, { kind: workKindOf(test), limitSec, gauges, capacityPerSec })
  return faults.map((fault, i): FaultResult => {
    const recovery: RecoveryResult | null = recoveries[i] ?? null
    return recovery === null ? fault : { ...fault, recovery }
  })
}

/** The goodput at the capacity that a search of the same run found, where the users do the same there. */
function capacityOfRun(data: RunData, test: TestData): number | undefined {
  const searched = data.tests.find(({ spec }) => isSearchFor(spec, test.spec))
  return searched?.spec.capacity === undefined ? undefined : capacityFound(data, searched, searched.spec.capacity)
}

/** Whether a test searches a capacity in arrivals a second, with the mix of scenarios that another test has. */
export function isSearchFor({ capacity }: Pick<TestSpec, 'capacity'>, { loads }: Pick<TestSpec, 'loads'>): boolean {
  const [only, ...more] = loads
  if (capacity?.unit !== 'perSec' || only === undefined || more.length > 0) return false
  return sharesOf(capacity.mix) === sharesOf(only.mix)
}

function sharesOf(mix: Readonly<Record<string, number>>): string {
  const parts = Object.entries(mix).filter(([, weight]) => weight > 0)
  const all = parts.reduce((sum, [, weight]) => sum + weight, 0)
  return JSON.stringify(parts.map(([name, weight]) => [name, (weight / all).toFixed(6)]).sort())
}
