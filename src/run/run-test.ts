import type { EndReason } from '../model/run-event.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import { trialSpec } from '../analysis/index.ts'
import { runCapacityTest } from './capacity-test.ts'
import type { Generator } from './generator.ts'
import { runLoadTest } from './load-test.ts'
import type { Session } from './session.ts'
import type { Surroundings } from './surroundings.ts'

export interface TestContext {
  readonly generator: Generator
  readonly session: Session
  readonly surroundings: Surroundings
  /** One iteration of one user, to look at. */
  readonly debug: boolean
}

/** Longest time for the one iteration of a search's scenario. */
const debugSec = 60

export function runTest(test: TestSpec, context: TestContext): Promise<EndReason> {
  const { capacity } = test
  if (capacity === undefined) return runLoadTest(test, context)
  // One iteration is no search.
  if (context.debug) return runLoadTest(trialSpec(test, capacity, { load: capacity.from, durationSec: debugSec }), context)
  return runCapacityTest(test, capacity, context)
}
