import type { TestData } from '../../analysis/index.ts'
import type { AttackSearchResult } from '../../model/attack-result.ts'
import type { RecoveryResult } from '../../model/recovery-result.ts'
import { goodputOf, isDenied, pointsOf } from './legitimate.ts'

/** The smallest rate of an attack that denies service, from its steps. The last step is the one that ended it, where it ended for that. */
export function searchOf(
  test: TestData,
  id: string,
  { until, recovery }: { readonly until: number; readonly recovery: RecoveryResult | undefined },
): AttackSearchResult {
  const start = test.loadStartSec ?? test.startSec
  const found = test.events.flatMap((event) =>
    event.kind === 'attack-step' && event.id === id ? [{ perSec: event.perSec, fromSec: event.t - start }] : [],
  )
  const ended = test.events.find((event) => event.kind === 'attack-ended' && event.id === id)
  const endedByDenial = ended?.kind === 'attack-ended' && ended.why === 'denied'
  const steps = found.map(({ perSec, fromSec }, i) => {
    const toSec = found[i + 1]?.fromSec ?? until
    const points = pointsOf(recovery, { from: Math.floor(fromSec), to: Math.ceil(toSec) })
    const isLast = i === found.length - 1
    return { perSec, goodput: goodputOf(points)?.share ?? null, denied: isDenied(points) === true || (isLast && endedByDenial) }
  })
  const first = steps.findIndex(({ denied }) => denied)
  const borne = first < 0 ? steps : steps.slice(0, first)
  return { steps, deniesAt: steps[first]?.perSec ?? null, bears: borne.at(-1)?.perSec ?? null }
}
