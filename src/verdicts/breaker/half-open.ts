import { burstsIn, closedAt, expectedCalls, giveUpSec, longestWaitSec, tenthSec } from '../../analysis/index.ts'
import type { BreakerRunStage } from '../../analysis/index.ts'
import type { Evidence, Tested } from './evidence.ts'
import { calls, openedIn, seconds, skipped, stageAfter, stagesOf } from './evidence.ts'

/** Libraries let up to ten calls through while half open. */
const mostProbes = 10
/** Few time-outs are shorter. */
const hangSec = 0.8

/** T5: of the requests that come while it does not know yet, a few are let through. */
export function limitsProbes(evidence: Evidence): Tested & { readonly probes: number | null } {
  const id = 'T5'
  const seen = [...stagesOf(evidence, 'slow-probe'), ...stagesOf(evidence, 'hanging-probe')].flatMap((stage) => {
    const found = firstTries(evidence, stage)
    return found === undefined ? [] : [found]
  })
  const [most] = seen.sort((a, b) => b.through - a.through)
  if (most === undefined) return { ...skipped(evidence, id, 'slow-probe'), probes: null }
  const { through, asked, sec } = most
  const facts = `${calls(through)} of ${asked.toFixed(0)} went through in ${seconds(sec)} without an answer`
  const common = { id, evidence: facts, probes: through } as const
  const isFlood = through >= 0.6 * asked
  if (through > mostProbes && isFlood) return { ...common, verdict: 'fail', defect: 'STAMPEDE' }
  if (asked < 12) return { ...common, verdict: 'unknown', evidence: `${facts}: too few asked to tell` }
  return { ...common, verdict: through <= Math.max(mostProbes, 0.3 * asked) && !isFlood ? 'pass' : 'unknown' }
}

/** What was let through before the first try had its answer: while the dependency is slow, and while it does not answer at all. */
function firstTries(
  { activity }: Evidence,
  { laid, toSec }: BreakerRunStage,
): { through: number; asked: number; sec: number } | undefined {
  const slow = laid.find(({ action }) => action.kind === 'latency' || action.kind === 'blackhole')
  if (slow === undefined) return undefined
  const [burst] = burstsIn(activity, sinceLaid(activity, slow.fromSec), Math.min(slow.toSec, toSec))
  if (burst === undefined) return undefined
  const lateSec = slow.action.kind === 'latency' ? slow.action.delayMs / 1000 : hangSec
  const untilSec = Math.min(burst.fromSec + lateSec, slow.toSec)
  const through = activity.view.calls(burst.fromSec, untilSec)
  return { through, asked: expectedCalls(activity, burst.fromSec, untilSec), sec: untilSec - burst.fromSec }
}

/**
 * A link tells its calls by tenths, and those of a tenth in which it stood still by the one before: a try that came just after the fault was laid may be in a
 * tenth that began before. Whoever misses it takes what comes when it was answered for tries.
 */
function sinceLaid({ view }: Evidence['activity'], laidSec: number): number {
  return Math.floor((laidSec - view.stallSec(laidSec)) / tenthSec) * tenthSec
}

/** T6: it closes when the dependency is well. */
export function closes(evidence: Evidence): Tested {
  const id = 'T6'
  const { errors } = evidence
  const recovery = errors?.openedSec === undefined ? undefined : recoveryAfter(evidence, errors.stage)
  if (recovery === undefined) return skipped(evidence, id, 'recovery')
  return closing(evidence, id, recovery)
}

/** T14: it closes after failures that came all at once. */
export function survivesRace(evidence: Evidence): Tested {
  const id = 'T14'
  const [stage] = stagesOf(evidence, 'together')
  const recovery = stage === undefined ? undefined : stageAfter(evidence, stage)
  if (stage === undefined || recovery?.stage !== 'recovery') return skipped(evidence, id, 'together')
  const found = closing(evidence, id, recovery)
  const failed = evidence.activity.view.failed(stage.fromSec, recovery.fromSec)
  return { ...found, evidence: `${calls(failed)} failed at the same moment; ${found.evidence}` }
}

function recoveryAfter(evidence: Evidence, stage: BreakerRunStage): BreakerRunStage | undefined {
  return evidence.stages.find((one) => one.stage === 'recovery' && one.fromSec >= stage.toSec)
}

function closing(evidence: Evidence, id: 'T6' | 'T14', { fromSec, toSec }: BreakerRunStage): Tested {
  const { activity, waitSec, open } = evidence
  const closedSec = closedAt(activity, fromSec, toSec + 0.2)
  if (closedSec !== undefined)
    return { id, verdict: 'pass', evidence: `it closed ${seconds(closedSec - fromSec)} after the dependency was well again` }
  const bursts = burstsIn(activity, fromSec, toSec)
  const watched = seconds(toSec - fromSec)
  const common = { id, defect: 'STUCK_OPEN' } as const
  if (bursts.length >= 5)
    return { ...common, verdict: 'fail', evidence: `in ${watched} it tried ${String(bursts.length)} times, and never closed` }
  const stretch = open.findLast((one) => one.fromSec < toSec)
  const lastCallSec = bursts.at(-1)?.toSec ?? stretch?.bursts.at(-1)?.toSec ?? stretch?.fromSec ?? fromSec
  const silent = toSec - lastCallSec
  const enough = waitSec === null ? longestWaitSec : Math.max(5, 4 * waitSec)
  if (silent >= enough)
    return { ...common, verdict: 'fail', evidence: `no call for ${seconds(silent)}, although the dependency was well again` }
  return { id, verdict: 'unknown', evidence: `it was still open after ${watched}; its wait may be longer` }
}

/** T7: a try that fails opens it again. */
export function reopens(evidence: Evidence): Tested {
  const id = 'T7'
  const { errors, activity } = evidence
  if (errors?.openedSec === undefined) return skipped(evidence, id, 'errors')
  const [first, second] = burstsIn(activity, errors.openedSec, errors.stage.toSec)
  if (first === undefined) return { id, verdict: 'unknown', evidence: 'no try was seen while the dependency failed' }
  const facts = `${calls(first.calls)} went through and failed`
  if (first.calls > mostProbes && first.calls >= 0.6 * expectedCalls(activity, first.fromSec, first.toSec))
    return {
      id,
      verdict: 'fail',
      defect: 'FLAPPING',
      evidence: `${facts} before it opened again: it closed without a try that went well`,
    }
  const silent = (second?.fromSec ?? errors.stage.toSec) - first.toSec
  const needed = 14 / Math.max(0.5, expectedCalls(activity, first.toSec, errors.stage.toSec) / (errors.stage.toSec - first.toSec))
  if (silent < needed && second === undefined)
    return { id, verdict: 'unknown', evidence: `${facts}; what came then was not watched` }
  return { id, verdict: 'pass', evidence: `${facts}, and it was open again` }
}

/** T8: a try without an answer is given up. */
export function givesProbeUp(evidence: Evidence): Tested {
  const id = 'T8'
  const { activity } = evidence
  const [stage] = stagesOf(evidence, 'hanging-probe')
  if (stage === undefined) return skipped(evidence, id, 'hanging-probe')
  const hang = stage.laid.find(({ action }) => action.kind === 'blackhole')
  if (hang === undefined || openedIn(activity, stage) === undefined)
    return { id, verdict: 'unknown', evidence: 'it did not open again' }
  const [first, second] = burstsIn(activity, hang.fromSec, hang.toSec)
  if (first === undefined) return { id, verdict: 'unknown', evidence: `it did not try in ${seconds(hang.toSec - hang.fromSec)}` }
  const facts = `${calls(first.calls)} went through and had no answer`
  if (second !== undefined) {
    const after = seconds(second.fromSec - first.fromSec)
    return { id, verdict: 'pass', evidence: `${facts}; ${after} later it tried again` }
  }
  const silent = hang.toSec - first.toSec
  if (silent < giveUpSec + (evidence.waitSec ?? 0))
    return { id, verdict: 'unknown', evidence: `${facts}; it was watched for ${seconds(silent)} after that` }
  return { id, verdict: 'fail', defect: 'STUCK_HALF_OPEN', evidence: `${facts}; for ${seconds(silent)} it let no other through` }
}

/** T9: after it closed, one failure is one failure. */
export function startsAfresh(evidence: Evidence): Tested {
  const id = 'T9'
  const { activity, errors } = evidence
  const stage = stagesOf(evidence, 'one-failure').find(({ fromSec }) => fromSec > (errors?.stage.toSec ?? Infinity))
  if (stage === undefined) return skipped(evidence, id, 'one-failure')
  const failed = activity.view.failed(stage.fromSec, stage.toSec)
  if (failed === 0) return { id, verdict: 'unknown', evidence: 'no call met the failure' }
  if (openedIn(activity, stage) === undefined)
    return { id, verdict: 'pass', evidence: 'one failure soon after it closed did not open it' }
  const sound = stagesOf(evidence, 'one-failure').find(({ fromSec }) => fromSec < stage.fromSec)
  // Whoever always opens at one failure does not flap.
  if (sound !== undefined && openedIn(activity, sound) !== undefined)
    return { id, verdict: 'unknown', evidence: 'one failure opens it at any time' }
  return { id, verdict: 'fail', defect: 'FLAPPING', evidence: 'one failure soon after it closed opened it again' }
}

/** For a figure of the report: what share of the requests reached the dependency while it was open. */
export function shareWhileOpen({ activity, open }: Evidence): number | null {
  const requests = open.reduce((sum, { fromSec, toSec }) => sum + activity.view.requests(fromSec, toSec), 0)
  const through = open.reduce((sum, { bursts }) => sum + bursts.reduce((all, burst) => all + burst.calls, 0), 0)
  return requests === 0 ? null : through / requests
}
