import type { LimiterFit } from '../../model/limiter-result.ts'
import type { LimiterAnswer } from '../../model/limiter-step.ts'
import { answeredAt } from '../../analysis/index.ts'
import type { LimiterEvidence, Tested } from './evidence.ts'
import { answersOf, isAccepted, skipped } from './evidence.ts'
import { number, requests, seconds } from './words.ts'

/** Two more than can be explained are no accident of the clock. */
const mostOver = 2

/** What a limiter of this kind may let through of some requests, the first of them sent when its client was idle. */
export function allowed(fit: LimiterFit, answers: readonly LimiterAnswer[]): number {
  const fromSec = Math.min(...answers.map(({ at }) => at))
  const lengthSec = answeredAt(answers) - fromSec
  const { kind, burst, ratePerSec, windowSec, windowFromSec } = fit
  if (kind === 'fixed window' && windowSec !== null && windowFromSec !== null) {
    // The boundary is known to a few hundredths: what comes so near to it may be on either side.
    const slack = 0.03 * windowSec
    const at = (sec: number): number => Math.floor((sec - windowFromSec) / windowSec)
    return burst.high * (1 + at(fromSec + lengthSec + slack) - at(fromSec - slack))
  }
  if (windowSec !== null && kind !== 'sliding counter') return burst.high * (1 + Math.floor(lengthSec / windowSec))
  return burst.high + ratePerSec.high * lengthSec
}

/** As many in a row as the probe says, from idle. */
export function hasQuota(evidence: LimiterEvidence): Tested {
  const { fit } = evidence
  const id = 'quota'
  const tries = fit === undefined ? [] : roundsOf(evidence)
  if (fit === undefined || tries.length === 0) return skipped(evidence, id, 'race')
  const worst = tries.map((answers) => {
    const ones = answers.filter(({ part }) => part === 'one')
    return { sent: ones.length, refused: ones.filter((one) => !isAccepted(evidence, one)).length }
  })
  const [some] = worst.filter(({ refused }) => refused > 1)
  const quota = number(fit.burst.value)
  if (some === undefined)
    return { id, verdict: 'pass', evidence: `${quota} from idle, the same one after the other as in the probe` }
  return {
    ...{ id, verdict: 'unknown' },
    evidence: `of ${requests(some.sent)} one after the other ${String(some.refused)} were refused, where the probe had ${quota} let through`,
  }
}

/** What was sent from idle: one after the other, then together. */
export function roundsOf(evidence: LimiterEvidence): readonly (readonly LimiterAnswer[])[] {
  const list: LimiterAnswer[][] = []
  let isOver = true
  for (const answer of answersOf(evidence, 'race').filter(({ part }) => part !== 'stream')) {
    const begins = isOver && answer.part !== 'together'
    const last = list.at(-1)
    if (last === undefined || begins || last[0]?.key !== answer.key) list.push([answer])
    else last.push(answer)
    isOver = answer.part === 'together'
  }
  return list
}

/** Many at the moment at which one token is left. */
export function admitsOne(evidence: LimiterEvidence): Tested {
  const { fit } = evidence
  const id = 'race'
  const tries = fit === undefined ? [] : roundsOf(evidence)
  if (fit === undefined || tries.length === 0) return skipped(evidence, id, 'race')
  const figures = tries.map((answers) => {
    const admitted = answers.filter((one) => isAccepted(evidence, one))
    const together = admitted.filter(({ part }) => part === 'together').length
    const may = allowed(fit, answers)
    return {
      together,
      of: answers.filter(({ part }) => part === 'together').length,
      over: admitted.length - may,
      may,
      all: admitted.length,
    }
  })
  const [worst] = [...figures].sort((a, b) => b.over - a.over)
  if (worst === undefined) return skipped(evidence, id, 'race')
  const when = fit.kind === 'leaky queue' ? 'at the same moment' : 'at the moment at which one token was left'
  const told = `of ${String(worst.of)} ${when} ${String(worst.together)} ${worst.together === 1 ? 'was' : 'were'} let through`
  if (worst.over < mostOver) return { id, verdict: 'pass', evidence: `${told}, ${String(tries.length)} times` }
  return {
    ...{ id, verdict: 'fail', defect: 'RACY' },
    evidence: `${told}: ${String(worst.all)} in all, where ${number(worst.may)} are allowed. It looks at the count and writes it down later, and others look in between`,
  }
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
