import { expectedCalls } from '../../analysis/index.ts'
import type { BreakerRunStage } from '../../analysis/index.ts'
import type { Evidence, Tested } from './evidence.ts'
import { calls, openedIn, percent, seconds, skipped, stagesOf } from './evidence.ts'

/** Less than this is no chance for a breaker to open. */
const leastFailures = 50

/** T1: it opens when every call fails. */
export function opens(evidence: Evidence): Tested {
  const { errors, activity } = evidence
  const id = 'T1'
  if (errors === undefined) return skipped(evidence, id, 'errors')
  const from = errors.stage.laid[0]?.fromSec ?? errors.stage.fromSec
  const { openedSec, stage } = errors
  if (openedSec !== undefined) {
    const failed = activity.view.failed(from, openedSec)
    const after = seconds(openedSec - from)
    return { id, verdict: 'pass', evidence: `it opened when ${calls(failed)} had failed, ${after} after every call began to` }
  }
  const failed = activity.view.failed(from, stage.toSec)
  if (failed < leastFailures)
    return { id, verdict: 'unknown', evidence: `only ${calls(failed)} failed in ${seconds(stage.toSec - from)}` }
  const half = (from + stage.toSec) / 2
  const share = activity.view.calls(half, stage.toSec) / Math.max(1, expectedCalls(activity, half, stage.toSec))
  const facts = `${calls(failed)} failed in ${seconds(stage.toSec - from)}`
  if (share < 0.8) {
    const text = `${facts}, and still ${percent(share)} of the calls went through`
    return { id, verdict: 'fail', defect: 'LEAKY', evidence: text }
  }
  const other = opensByAnother(evidence)
  if (other !== undefined)
    return {
      id,
      verdict: 'fail',
      defect: 'MISCLASSIFIES',
      evidence: `${facts} with an error and it stayed closed; ${other} open it`,
    }
  if (hasFallback(evidence, stage))
    return {
      ...{ id, verdict: 'fail', defect: 'NEVER_OPENS' },
      evidence: `${facts} and the calls went on; clients were given something else, so the failures are noticed, and it never opens`,
    }
  return { id, verdict: 'fail', defect: 'ABSENT', evidence: `${facts}, and the calls went on as before: nothing stops them` }
}

/** Clients do not notice that the dependency fails: something catches it. */
function hasFallback({ test, activity }: Evidence, { fromSec, toSec }: BreakerRunStage): boolean {
  const range = { from: Math.ceil(fromSec), to: Math.floor(toSec) }
  const { count, failed } = test.total('request', { range })
  return count > 0 && failed / count < 0.3 * Math.min(1, activity.kappa)
}

function opensByAnother(evidence: Evidence): string | undefined {
  const kinds = (['resets', 'no-answer'] as const).filter((kind) =>
    stagesOf(evidence, kind).some((stage) => openedIn(evidence.activity, stage) !== undefined),
  )
  if (kinds.length === 0) return undefined
  return kinds.map((kind) => (kind === 'resets' ? 'resets' : 'time-outs')).join(' and ')
}

/** T11: how much it takes to open it. */
export function threshold(evidence: Evidence): Tested {
  const id = 'T11'
  const { activity, errors } = evidence
  const fresh = stagesOf(evidence, 'one-failure').find(({ fromSec }) => fromSec < (errors?.stage.fromSec ?? Infinity))
  if (fresh !== undefined && openedIn(activity, fresh) !== undefined)
    return { id, verdict: 'fail', defect: 'PREMATURE', evidence: 'one call that failed among many that did not opened it' }
  const rungs = stagesOf(evidence, 'ladder')
  if (rungs.length === 0) return skipped(evidence, id, 'ladder')
  let below = 0
  for (const rung of rungs) {
    const share = rung.laid[0]?.share ?? 1
    if (openedIn(activity, rung) !== undefined)
      return { id, verdict: 'pass', evidence: `it opens between ${percent(below)} and ${percent(share)} of failed calls` }
    below = share
  }
  return { id, verdict: 'pass', evidence: `it stays closed while ${percent(below)} of the calls fail` }
}

/** T12: what is a failure to it. */
export function classification(evidence: Evidence): Tested {
  const id = 'T12'
  const { activity, errors } = evidence
  if (errors?.openedSec === undefined) return skipped(evidence, id, 'client-errors')
  const toOpen = activity.view.failed(errors.stage.laid[0]?.fromSec ?? errors.stage.fromSec, errors.openedSec)
  const wrong: string[] = []
  const right: string[] = ['errors are failures']
  for (const [kind, name, shouldOpen] of [
    ['client-errors', 'client errors (400)', false],
    ['resets', 'resets', true],
    ['no-answer', 'time-outs', true],
  ] as const) {
    const [stage] = stagesOf(evidence, kind)
    if (stage === undefined) continue
    const opened = openedIn(activity, stage) !== undefined
    const met = expectedCalls(activity, stage.laid[0]?.fromSec ?? stage.fromSec, stage.toSec)
    // Clients that wait for an answer make no calls: then nothing was shown.
    if (!opened && shouldOpen && met < 1.5 * toOpen) continue
    const list = opened === shouldOpen ? right : wrong
    list.push(`${name} ${opened ? 'are' : 'are no'} failures`)
  }
  const tested = right.length + wrong.length
  if (wrong.length > 0) return { id, verdict: 'fail', defect: 'MISCLASSIFIES', evidence: `${wrong.join(', ')} to it` }
  if (tested === 1) return skipped(evidence, id, 'client-errors')
  return { id, verdict: 'pass', evidence: `${right.join(', ')} to it` }
}

/** T10: what failed long ago is forgotten. */
export function forgets(evidence: Evidence): Tested {
  const id = 'T10'
  const [first, second] = stagesOf(evidence, 'half')
  if (first === undefined) return skipped(evidence, id, 'half')
  if (openedIn(evidence.activity, first) !== undefined)
    return { id, verdict: 'unknown', evidence: 'half of the failures that opened it before were enough to open it' }
  if (second === undefined) return { id, verdict: 'skipped', evidence: 'the test ended before the second half' }
  const apart = seconds(second.fromSec - first.toSec)
  if (openedIn(evidence.activity, second) !== undefined)
    return { id, verdict: 'fail', defect: 'STALE_WINDOW', evidence: `failures from ${apart} before still counted, and it opened` }
  return { id, verdict: 'pass', evidence: `failures from ${apart} before no longer counted` }
}
