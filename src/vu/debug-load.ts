import type { LoadAssignment } from '../model/load-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'

/** What `--debug` makes of a test: one user, and one iteration of each of its scenarios. */
export function debugLoads(test: TestSpec): TestSpec {
  const names = [...new Set(test.loads.flatMap(({ mix }) => Object.keys(mix)))]
  const loads = names.map((name): LoadAssignment => ({
    load: { model: 'iterations', users: 1, iterations: 1, limitSec: test.durationSec },
    mix: { [name]: 1 },
  }))
  return { ...test, loads }
}
