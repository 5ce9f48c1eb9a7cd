import type { CapacitySpec } from '../model/capacity-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { EndReason } from '../model/run-event.ts'
import { nextTrials } from '../verdicts/index.ts'
import { leadSec } from './generator.ts'
import type { TestContext } from './run-test.ts'
import { createSettling } from './settling.ts'
import { runTrials } from './trials.ts'

/**
 * Runs a search. What comes next is read from the record each time, so this loop remembers nothing that a resumed run would miss. What a stop condition
 * on the target or on the load ends is a trial; what one on the host ends is the run.
 */
export async function runCapacityTest(test: TestSpec, capacity: CapacitySpec, context: TestContext): Promise<EndReason> {
  const { session, surroundings } = context
  const begun = session.data.test(test.name)
  if (begun === undefined) session.emit({ kind: 'test-started', test: test.name, spec: test })
  const settling = createSettling(test, capacity, session)
  await settling.takeBaseline()
  // A resumed search goes on in the seconds that the first part began to count.
  const zeroSec = begun?.loadStartSec ?? Math.ceil((session.clock.now() + leadSec) * 1000) / 1000
  if (begun?.loadStartSec === undefined) session.emit({ kind: 'load-started', test: test.name }, zeroSec)
  const forgive = surroundings.survivesDeath()
  try {
    for (let last: number | undefined; !session.signal.aborted;) {
      const record = session.data.test(test.name)
      const trials = record === undefined ? [] : nextTrials(session.data, record)
      const [first] = trials
      if (first === undefined) break
      // What an overload leaves behind is what is looked at next: no waiting in between.
      if (last !== undefined && first.purpose !== 'hysteresis') await settling.settle(last)
      if (isEnding(session)) break
      await runTrials(trials, { test, capacity, zeroSec, context, forgive })
      last = trials.at(-1)?.trial
    }
  } finally {
    forgive.dispose()
  }
  const reason = session.ending()?.reason ?? 'completed'
  session.emit({ kind: 'load-ended', test: test.name, reason })
  session.emit({ kind: 'test-ended', test: test.name, reason })
  return reason
}

/** Asked again after every wait. */
function isEnding({ signal }: TestContext['session']): boolean {
  return signal.aborted
}
