import type { TestData } from '../../analysis/index.ts'
import type { FaultAction } from '../../model/fault-spec.ts'
import type { FaultResult, ResourceVerdict } from '../../model/run-result.ts'
import type { TakenResource } from './limited-resources.ts'

/** What became of each fault of a test, from its events. */
export function faultsOf(test: TestData): readonly FaultResult[] | undefined {
  const { faults } = test.spec
  if (faults === undefined) return undefined
  const start = test.loadStartSec ?? test.startSec
  return faults.map(({ id, fault }): FaultResult => {
    const started = test.events.find((event) => event.kind === 'fault-started' && event.id === id)
    const ended = test.events.find((event) => event.kind === 'fault-ended' && event.id === id)
    const begun = started?.kind === 'fault-started' ? started : undefined
    const over = ended?.kind === 'fault-ended' ? ended : undefined
    if (begun === undefined) {
      return { id, kind: fault.kind, at: null, clearedAt: null, verified: false, evidence: 'the test ended before it began' }
    }
    const after = over === undefined ? 'the record does not tell its end' : over.evidence
    return {
      id,
      kind: fault.kind,
      at: begun.t - start,
      clearedAt: over === undefined ? null : over.t - start,
      verified: begun.verified && over?.held !== false,
      evidence: `${begun.evidence}; ${after}`,
    }
  })
}

const resourceOf: Readonly<Record<FaultAction['kind'], ResourceVerdict['resource']>> = {
  'cpu-pressure': 'cpu',
  'memory-pressure': 'memory',
  'file-pressure': 'files',
  'disk-fill': 'disk',
  'fsync-storm': 'disk',
}

/** The resources that were taken by faults. */
export function pressedResources(test: TestData): readonly TakenResource[] {
  const results = faultsOf(test) ?? []
  return (test.spec.faults ?? []).map(({ id, fault }, i): TakenResource => {
    const result = results[i]
    const ended = test.events.find((event) => event.kind === 'fault-ended' && event.id === id)
    const common = { resource: resourceOf[fault.kind], by: `fault "${id}"`, format: String }
    const reverted = ended?.kind === 'fault-ended' ? ended.reverted : null
    if (result === undefined || result.at === null)
      return { ...common, reached: null, evidence: result?.evidence ?? 'not in the record', hot: undefined, reverted }
    const hot = { fromSec: result.at, toSec: result.clearedAt ?? test.loadSec }
    return { ...common, reached: result.verified, evidence: result.evidence, hot: result.verified ? hot : undefined, reverted }
  })
}
