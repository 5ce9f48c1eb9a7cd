import type { TestData } from '../../analysis/index.ts'
import type { FaultSpec } from '../../model/fault-spec.ts'
import type { PressureAction } from '../../model/pressure-spec.ts'
import type { ResourceVerdict } from '../../model/run-result.ts'
import { faultsOf } from '../fault-results.ts'
import type { TakenResource } from './limited-resources.ts'

const resourceOf: Readonly<Record<PressureAction['kind'], ResourceVerdict['resource']>> = {
  'cpu-pressure': 'cpu',
  'memory-pressure': 'memory',
  'file-pressure': 'files',
  'disk-fill': 'disk',
  'fsync-storm': 'disk',
}

/** The resources that were taken by faults; other faults take none. */
export function pressedResources(test: TestData): readonly TakenResource[] {
  const results = faultsOf(test) ?? []
  return (test.spec.faults ?? []).flatMap((spec, i): readonly TakenResource[] => {
    if (!isPressure(spec)) return []
    const { id, fault } = spec
    const result = results[i]
    const ended = test.events.find((event) => event.kind === 'fault-ended' && event.id === id)
    const common = { resource: resourceOf[fault.kind], by: `fault "${id}"`, format: String }
    const reverted = ended?.kind === 'fault-ended' ? ended.reverted : null
    if (result === undefined || result.at === null)
      return [{ ...common, reached: null, evidence: result?.evidence ?? 'not in the record', hot: undefined, reverted }]
    const hot = { fromSec: result.at, toSec: result.clearedAt ?? test.loadSec }
    return [{ ...common, reached: result.verified, evidence: result.evidence, hot: result.verified ? hot : undefined, reverted }]
  })
}

function isPressure(spec: FaultSpec): spec is FaultSpec & { readonly fault: PressureAction } {
  return Object.hasOwn(resourceOf, spec.fault.kind)
}
