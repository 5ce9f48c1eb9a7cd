import type { TrialPlan } from '../../model/run-event.ts'
import type { TestData } from '../../analysis/index.ts'
import { trialsOf } from '../../analysis/index.ts'
import type { LatencyLimit, WorkKind } from './work.ts'
import { latencyLimitOf, workIn, workKindOf } from './work.ts'

/** D6's rule for the end of the trouble: this many good seconds in a row. */
const goodInARow = 5

export interface RecoveryOptions {
  readonly kind: WorkKind
  readonly limit: LatencyLimit
  readonly watchedSec: number
}

/** Start of the first five seconds in a row in which nearly all of what was offered was good; null when there are none. */
export function recoveredSec(view: TestData, { kind, limit, watchedSec }: RecoveryOptions): number | null {
  let since: number | null = null
  for (let sec = 0; sec < watchedSec; sec++) {
    const { good, notGood } = workIn(view, kind, limit, { from: sec, to: sec + 1 })
    const isGood = good > 0 && good >= 0.95 * (good + notGood)
    if (!isGood) since = null
    else {
      since ??= sec
      if (sec - since + 1 >= goodInARow) return since
    }
  }
  return null
}

/** Whether the target has recovered from the overload before the running trial: then there is nothing more to watch. */
export function hasRecovered(test: TestData, { trial, purpose }: TrialPlan): boolean {
  if (purpose !== 'hysteresis') return false
  const running = trialsOf(test).find(({ plan }) => plan.trial === trial)
  if (running === undefined) return false
  const limit = latencyLimitOf(test.spec.objectives)
  // The last second may still be filling.
  return recoveredSec(running.view, { kind: workKindOf(test), limit, watchedSec: running.view.judged.to - 1 }) !== null
}
