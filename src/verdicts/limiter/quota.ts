import type { LimiterFit } from '../../model/limiter-result.ts'
import type { LimiterAnswer } from '../../model/limiter-step.ts'
import { answeredAt } from '../../analysis/index.ts'
import type { LimiterEvidence, Tested } from './evidence.ts'
import { answersOf, isAccepted, skipped } from './evidence.ts'
import { drainedOf, roundsOf } from './rounds.ts'
import { number, requests, seconds } from './words.ts'

/** Two more than can be explained are no accident of the clock. */
export const mostOver = 2

/** What a limiter of this kind may let through of some requests, the first of them sent when its client was idle. */
export function allowed(fit: LimiterFit, answers: readonly LimiterAnswer[]): number {
  const fromSec = Math.min(...answers.map(({ at }) => at))
  const lengthSec = decidedAt(fit, answers) - fromSec
  const { kind, burst, ratePerSec, windowSec, windowFromSec } = fit
  if (kind === 'fixed window' && windowSec !== null && windowFromSec !== null) {
    // The boundary is known to a few hundredths, and to the time of an answer: what comes so near to it may be on either side. Each window adds its own error.
    const windows = Math.abs(fromSec - windowFromSec) / windowSec
    const offSec = (windows * burst.value * (1 / ratePerSec.low - 1 / ratePerSec.high)) / 2
    const slack = Math.min(windowSec / 2, 0.03 * windowSec + Math.max(...answers.map(({ ms }) => ms)) / 1000 + offSec)
    const at = (sec: number): number => Math.floor((sec - windowFromSec) / windowSec)
    return burst.high * (1 + at(fromSec + lengthSec + slack) - at(fromSec - slack))
  }
  // Nobody saw whose window it is: a clock's may end at any time.
  const isAnyTime = endsAtAnyTime(fit) && windowSec !== null && lengthSec > 0.05 * windowSec
  if (isAnyTime) return burst.high * (2 + Math.floor(lengthSec / windowSec))
  if (windowSec !== null && kind !== 'sliding counter') return burst.high * (1 + Math.floor(lengthSec / windowSec))
  return burst.high + ratePerSec.high * lengthSec
}

/** Its window looked like one that begins with a client's first request, which a clock's does by chance. */
export function endsAtAnyTime({ kind, windowFromSec }: LimiterFit): boolean {
  return kind === 'window' || (kind === 'fixed window' && windowFromSec === null)
}

/** When the last of them was decided on, at the latest. Who waits in a queue was let into it when he came. */
function decidedAt({ kind }: LimiterFit, answers: readonly LimiterAnswer[]): number {
  if (kind !== 'leaky queue') return answeredAt(answers)
  const quickMs = Math.min(...answers.map(({ ms }) => ms))
  return Math.max(...answers.map(({ at }) => at)) + quickMs / 1000
}

/** As many in a row as the probe says, from idle. */
export function hasQuota(evidence: LimiterEvidence): Tested {
  const { fit } = evidence
  const id = 'quota'
  const tries = fit === undefined ? [] : roundsOf(evidence)
  if (fit === undefined || tries.length === 0) return skipped(evidence, id, 'race')
  const quota = number(fit.burst.value)
  const drained = drainedOf(evidence, fit)
  if (drained !== undefined && drained.admitted < fit.burst.low - mostOver)
    return {
      ...{ id, verdict: 'unknown' },
      evidence: `${number(drained.admitted)} were let through one after the other, where the probe had ${quota} let through, with many in flight`,
    }
  const rows = tries
    .filter((answers) => answers.some(({ part }) => part === 'together'))
    .map((answers) => {
      const ones = answers.filter(({ part }) => part === 'one')
      return { sent: ones.length, refused: ones.filter((one) => !isAccepted(evidence, one)).length }
    })
  const [some] = rows.filter(({ refused }) => refused > 1)
  if (some !== undefined)
    return {
      ...{ id, verdict: 'unknown' },
      evidence: `of ${requests(some.sent)} one after the other ${String(some.refused)} were refused, where the probe had ${quota} let through`,
    }
  if (drained === undefined && rows.every(({ sent }) => sent === 0))
    return { id, verdict: 'skipped', evidence: 'all that was sent from idle was sent at the same moment' }
  return { id, verdict: 'pass', evidence: `${quota} from idle, the same one after the other as in the probe` }
}

/** After a long time without a request, no more than a burst. */
export function capsRefill(evidence: LimiterEvidence): Tested {
  const { fit } = evidence
  const id = 'idle'
  const answers = answersOf(evidence, 'idle')
  const [first] = answers
  if (fit === undefined || first === undefined) return skipped(evidence, id, 'idle')
  const admitted = answers.filter((one) => isAccepted(evidence, one)).length
  const may = allowed(fit, answers)
  const before = evidence.probe.at(-1)
  const told = `${String(admitted)} let through after ${seconds(first.at - (before?.at ?? 0))} without a request`
  if (admitted <= 1.25 * may + mostOver) return { id, verdict: 'pass', evidence: told }
  return {
    ...{ id, verdict: 'fail', defect: 'OVER_ADMITS' },
    evidence: `${told}, where ${number(may)} are allowed: what is saved up has no limit`,
  }
}

/** What a window lets through on both sides of its end. */
export function atBoundary(evidence: LimiterEvidence): Tested {
  const { fit } = evidence
  const id = 'boundary'
  if (fit === undefined || fit.windowSec === null) return { id, verdict: 'skipped', evidence: 'it has no windows' }
  const found = boundaryOf(evidence)
  if (found === undefined) return skipped(evidence, id, 'boundary')
  const { before, after, lengthSec } = found
  const told = `${String(before + after)} let through within ${seconds(lengthSec)} around the end of a window of ${seconds(fit.windowSec)}`
  return {
    id,
    verdict: 'pass',
    evidence: before + after > 1.5 * fit.burst.value ? `${told}: up to twice the quota, as with every fixed window` : told,
  }
}

/** Let through before and after the end of a window. */
export function boundaryOf(
  evidence: LimiterEvidence,
): { readonly before: number; readonly after: number; readonly lengthSec: number } | undefined {
  const { fit } = evidence
  const answers = answersOf(evidence, 'boundary')
  const last = answers.at(-1)
  if (fit?.windowSec === undefined || fit.windowSec === null || last === undefined) return undefined
  const quota = Math.round(fit.burst.value) + 1
  const late = answers.slice(-quota)
  const early = answers.slice(-2 * quota, -quota)
  const [begin] = early
  if (begin === undefined || early.length < quota) return undefined
  const count = (list: readonly LimiterAnswer[]): number => list.filter((one) => isAccepted(evidence, one)).length
  return { before: count(early), after: count(late), lengthSec: answeredAt(late) - begin.at }
}
