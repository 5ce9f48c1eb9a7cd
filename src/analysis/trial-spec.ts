import type { CapacitySpec } from '../model/capacity-spec.ts'
import type { LoadSpec, Stage } from '../model/load-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'

/** A trial of a search as a test of its own: one load, held for a time. */
export function trialSpec(
  test: TestSpec,
  capacity: CapacitySpec,
  { load, durationSec }: { readonly load: number; readonly durationSec: number },
): TestSpec {
  const { unit, process, maxUsers, mix } = capacity
  const stages: readonly Stage[] = [{ from: load, to: load, durationSec }]
  const held: LoadSpec = unit === 'users' ? { model: 'closed', stages } : { model: 'open', process, stages, maxUsers }
  const { name, suite, gracefulStopSec, objectives, stopWhen, fresh, limits } = test
  return {
    name,
    suite,
    gracefulStopSec,
    objectives,
    stopWhen,
    fresh,
    ...(limits === undefined ? {} : { limits }),
    kind: unit === 'users' ? 'users' : 'arrivals',
    loads: [{ load: held, mix }],
    durationSec,
    warmupSec: 0,
    phases: [{ name: 'load', fromSec: 0, toSec: durationSec }],
  }
}
