import type { TestData } from '../analysis/index.ts'
import type { FaultAction } from '../model/fault-spec.ts'
import type { FaultResult } from '../model/run-result.ts'

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
    const on = placeOf(fault)
    const common = { id, kind: fault.kind, ...(on === undefined ? {} : { on }), crossed: over?.crossed ?? null }
    if (begun === undefined) {
      const evidence = 'the test ended before it began'
      return { ...common, at: null, clearedAt: null, verified: false, evidence, reverted: true }
    }
    const after = over === undefined ? 'the record does not tell its end' : over.evidence
    return {
      ...common,
      at: begun.t - start,
      clearedAt: over === undefined ? null : over.t - start,
      verified: begun.verified && over?.held !== false,
      evidence: `${begun.evidence}; ${after}`,
      reverted: over?.reverted ?? false,
      ...(over?.facts === undefined || Object.keys(over.facts).length === 0 ? {} : { facts: over.facts }),
    }
  })
}

/** What it was done to. */
function placeOf(fault: FaultAction): string | undefined {
  if ('on' in fault) return typeof fault.on === 'number' ? `process ${fault.on}` : fault.on
  return 'dir' in fault ? fault.dir : undefined
}
