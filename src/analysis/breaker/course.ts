import type { Now } from '../staged-test.ts'
import type { BreakerTestOptions } from './breaker-test.ts'
import { clientErrors, halves, kindOfFailure, ladder, otherFailures, together } from './failure-stages.ts'
import { baseline, errors, hangingProbe, oneFailure, recoverSlowly } from './opening-stages.ts'
import { recovery } from './stage-ends.ts'
import type { Stages } from './watch.ts'
import { BreakerWatch } from './watch.ts'

/** All stages in the order of their worth for their time. */
export function* breakerStages(options: BreakerTestOptions, now: Now): Stages {
  const watch = new BreakerWatch(options, now)
  if (!(yield* baseline(watch))) return
  if (yield* oneFailure(watch)) {
    if (!(yield* recovery(watch))) return
  }
  if (!(yield* errors(watch))) {
    yield* otherFailures(watch)
    return
  }
  if (!(yield* recoverSlowly(watch))) return
  if (yield* oneFailure(watch)) {
    if (!(yield* recovery(watch))) return
  }
  if (!(yield* hangingProbe(watch))) return
  if (!(yield* clientErrors(watch))) return
  if (!(yield* kindOfFailure(watch, 'resets'))) return
  if (!(yield* kindOfFailure(watch, 'no-answer'))) return
  if (!(yield* together(watch))) return
  if (!(yield* ladder(watch))) return
  yield* halves(watch)
}
