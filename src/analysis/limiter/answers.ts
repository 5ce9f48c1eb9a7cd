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
