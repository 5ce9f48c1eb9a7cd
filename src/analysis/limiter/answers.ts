import type { LimiterAnswer } from '../../model/limiter-step.ts'

/** `refused`: told that it is too many; `failed`: no answer, or an error of the server's own; `accepted`: all else, whatever the request was worth. */
export type Outcome = 'accepted' | 'refused' | 'failed'

export function outcomeOf({ status }: LimiterAnswer, refused: readonly number[]): Outcome {
  if (refused.includes(status)) return 'refused'
  return status === 0 || status >= 500 ? 'failed' : 'accepted'
}

/** The status of what is let through: the most frequent that is no refusal. */
export function usualStatus(answers: readonly LimiterAnswer[], refused: readonly number[]): number | undefined {
  const counts = new Map<number, number>()
  for (const answer of answers)
    if (outcomeOf(answer, refused) === 'accepted') counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
}

/** When the last of some answers came. */
export function answeredAt(answers: readonly LimiterAnswer[]): number {
  return answers.reduce((latest, { at, ms }) => Math.max(latest, at + ms / 1000), 0)
}

/** Answers in a row with the same outcome, from the first to the last of them. */
export interface Row {
  readonly isAccepted: boolean
  readonly answers: readonly LimiterAnswer[]
  readonly fromSec: number
  readonly toSec: number
}

/** Failed ones say nothing and are left out. */
export function rowsOf(answers: readonly LimiterAnswer[], refused: readonly number[]): readonly Row[] {
  const rows: { isAccepted: boolean; answers: LimiterAnswer[]; fromSec: number; toSec: number }[] = []
  for (const answer of [...answers].sort((a, b) => a.at - b.at)) {
    const outcome = outcomeOf(answer, refused)
    if (outcome === 'failed') continue
    const isAccepted = outcome === 'accepted'
    const last = rows.at(-1)
    if (last?.isAccepted === isAccepted) {
      last.answers.push(answer)
      last.toSec = answer.at
    } else rows.push({ isAccepted, answers: [answer], fromSec: answer.at, toSec: answer.at })
  }
  return rows
}

/** How long answers took; 0 where there are none. */
export interface Answering {
  /** Three of four of what was let through, and of what was refused, were answered within these. */
  readonly acceptedSec: number
  readonly refusedSec: number
  /** 95 % of all. */
  readonly p95Sec: number
}

export function answeringOf(answers: readonly LimiterAnswer[], refused: readonly number[]): Answering {
  const within = (share: number, outcomes: readonly Outcome[]): number => {
    const times = answers.filter((one) => outcomes.includes(outcomeOf(one, refused))).map(({ ms }) => ms / 1000)
    return times.sort((a, b) => a - b)[Math.ceil(share * times.length) - 1] ?? 0
  }
  return {
    acceptedSec: within(0.75, ['accepted']),
    refusedSec: within(0.75, ['refused']),
    p95Sec: within(0.95, ['accepted', 'refused']),
  }
}

/** Seconds that the slowest answer took of what was let through. */
export function longestAccepted(answers: readonly LimiterAnswer[], refused: readonly number[]): number {
  return answers.reduce((most, one) => (outcomeOf(one, refused) === 'accepted' ? Math.max(most, one.ms / 1000) : most), 0)
}
