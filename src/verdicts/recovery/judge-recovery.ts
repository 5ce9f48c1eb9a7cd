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
  const mixOf = ({ loads }: TestSpec): string => JSON.stringify(loads.map(({ mix }) => Object.entries(mix).sort()))
  const searched = data.tests.find(
    ({ spec }) => spec.capacity?.unit === 'perSec' && spec.name !== test.spec.name && mixOf(spec) === mixOf(test.spec),
  )
  return searched?.spec.capacity === undefined ? undefined : capacityFound(data, searched, searched.spec.capacity)
}
