import type { LimiterFit } from '../../model/limiter-result.ts'
import type { LimiterAnswer } from '../../model/limiter-step.ts'
import { answeredAt } from '../../analysis/index.ts'
import type { LimiterEvidence } from './evidence.ts'
import { answersOf, isRefused } from './evidence.ts'

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

/** Let through from idle, one after the other, until one was refused. */
export interface Drained {
  readonly admitted: number
  /** From the first to the refusal, at most; and at least, without the time for which a bucket may have been full. */
  readonly sec: number
  readonly leastSec: number
}

/** The most of them; undefined: none was refused, or was idle before. */
export function drainedOf(evidence: LimiterEvidence, fit: LimiterFit): Drained | undefined {
  const drains = roundsOf(evidence).flatMap((answers): readonly Drained[] => {
    const [first, last] = [answers[0], answers.at(-1)]
    if (first === undefined || last?.part !== 'one' || !isRefused(evidence, last) || !wasIdle(evidence, fit, first)) return []
    // What had no answer may have been let through as well.
    const admitted = answers.filter((one) => !isRefused(evidence, one)).length
    const leastSec = Math.max(0, last.at - answeredAt([first]) - fullSec(answers, fit.ratePerSec.high))
    return [{ admitted, sec: answeredAt([last]) - first.at, leastSec }]
  })
  return drains.sort((a, b) => b.admitted - a.admitted)[0]
}

/** Where it stood still after the first few, as much came back as they had taken: of what comes to a full bucket nothing stays. */
function fullSec(answers: readonly LimiterAnswer[], perSec: number): number {
  let taken = 0
  let lost = 0
  answers.forEach((answer, i) => {
    const came = perSec * (answeredAt([answer]) - (answers[i - 1]?.at ?? answer.at))
    if (i > 0) lost += Math.max(0, came - taken)
    taken = Math.max(0, taken - came) + 1
  })
  return lost / perSec
}

/** It had never asked, or not for as long as it takes to be full. */
function wasIdle({ run }: LimiterEvidence, { burst, ratePerSec, windowSec }: LimiterFit, first: LimiterAnswer): boolean {
  const before = run.stages.flatMap(({ answers }) => answers.filter(({ key, at }) => key === first.key && at < first.at))
  return before.length === 0 || first.at - answeredAt(before) > (windowSec ?? burst.high / Math.max(1e-9, ratePerSec.low))
}
