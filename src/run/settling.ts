import { pause } from '../base/pause.ts'
import type { CapacitySpec } from '../model/capacity-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { Baseline } from '../verdicts/index.ts'
import { awayFromBaseline, baselineOf } from '../verdicts/index.ts'
import type { Session } from './session.ts'
import { runsInThreadsOnly } from './target-look.ts'

/** How long a target at rest is looked at before the first trial: three rounds of the probes. */
const baselineSec = 3
/** Shortest pause between two trials: sockets close, and what no probe sees may end. */
const shortestSec = 1
const lookMs = 200

export interface Settling {
  takeBaseline(): Promise<void>
  /** Waits until the target is back at its baseline, within the plan's limit. */
  settle(afterTrial: number): Promise<void>
}

/** One trial must not poison the next. */
export function createSettling(test: TestSpec, { settleLimitSec }: CapacitySpec, session: Session): Settling {
  let baseline: Baseline = { values: {} }
  const { signal } = session
  return {
    async takeBaseline() {
      const fromSec = session.clock.now()
      if (runsInThreadsOnly(session.data.header.plan)) return
      await pause(baselineSec * 1000, signal)
      baseline = baselineOf(session.data, fromSec, session.clock.now())
    },
    async settle(afterTrial) {
      const fromSec = session.clock.now()
      const waited = (): number => session.clock.now() - fromSec
      let away: readonly string[] | undefined
      do {
        await pause(lookMs, signal)
        away = awayFromBaseline(session.data, baseline, fromSec)
      } while (!signal.aborted && waited() < settleLimitSec && (waited() < shortestSec || away === undefined || away.length > 0))
      const sec = Math.round(waited() * 1000) / 1000
      const waitedFor = away ?? []
      session.emit({ kind: 'settled', test: test.name, afterTrial, sec, settled: waitedFor.length === 0, waitedFor })
    },
  }
}
