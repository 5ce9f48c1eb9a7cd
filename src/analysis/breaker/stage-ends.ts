import type { BreakerStage } from '../../model/breaker-step.ts'
import type { LinkAction } from '../../model/link-fault.ts'
import { closedAt } from './activity.ts'
import type { BreakerWatch, Stages } from './watch.ts'
import { longestWaitSec } from './watch.ts'

// What comes after a failure, or instead of it. Each is true when the test can go on.

/** Waits for it to close. */
export function* recovery({ clock, activity, waitSec }: BreakerWatch): Stages<boolean> {
  const from = clock.sec
  yield [clock.note('recovery', 'begun')]
  const limit = waitSec === undefined ? longestWaitSec + 5 : 5 * waitSec + 8
  const closed = yield* clock.until(() => closedAt(activity, from), limit)
  yield [clock.note('recovery', 'ended')]
  return closed !== undefined
}

/** Calls that wait for an answer which is lost have to fail, or they wait for ever. */
export function* letGo({ clock, failures: { reset } }: BreakerWatch, stage: BreakerStage, action: LinkAction): Stages {
  yield [
    { kind: 'lay', stage, action: reset },
    { kind: 'lift', stage, action },
  ]
  yield* clock.wait(0.3)
  yield [{ kind: 'lift', stage, action: reset }, clock.note(stage, 'ended')]
}

export function* noTime({ clock }: BreakerWatch, stage: BreakerStage, neededSec: number): Stages<boolean> {
  yield [clock.noTime(stage, neededSec)]
  return true
}
