import type { EndReason } from '../model/run-event.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import { runCapacityTest } from './capacity-test.ts'
import type { Generator } from './generator.ts'
import { runLoadTest } from './load-test.ts'
import type { Session } from './session.ts'
import type { Surroundings } from './surroundings.ts'

export interface Stage {
  readonly generator: Generator
  readonly session: Session
  readonly surroundings: Surroundings
}

export function runTest(test: TestSpec, stage: Stage): Promise<EndReason> {
  return test.capacity === undefined ? runLoadTest(test, stage) : runCapacityTest(test, test.capacity, stage)
}
