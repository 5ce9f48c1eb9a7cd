import type { FaultSpec } from '../../model/fault-spec.ts'
import type { PhaseSpec } from '../../model/plan-spec.ts'

/** A test with faults or attacks is seen in parts: `before` the first, each by its id, and `after` the last. Named stages keep their phases beside them. */
export function withFaultPhases(
  phases: readonly PhaseSpec[],
  faults: readonly Pick<FaultSpec, 'id' | 'atSec' | 'forSec'>[] | undefined,
  { warmupSec, durationSec }: { readonly warmupSec: number; readonly durationSec: number },
): readonly PhaseSpec[] {
  if (faults === undefined || faults.length === 0) return phases
  const first = Math.min(...faults.map(({ atSec }) => atSec))
  const last = Math.max(...faults.map(({ atSec, forSec }) => atSec + forSec))
  return [
    ...phases.filter(({ name }) => name !== 'load'),
    { name: 'before', fromSec: warmupSec, toSec: first },
    ...faults.map(({ id, atSec, forSec }) => ({ name: id, fromSec: atSec, toSec: atSec + forSec })),
    { name: 'after', fromSec: last, toSec: durationSec },
  ].filter(({ fromSec, toSec }) => toSec > fromSec)
}
