import type { CheckVerdict, ValidityCheck } from '../model/run-result.ts'

export interface Graded {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly value: number | null
  /** Above this it warns; absent: it never does. */
  readonly warn?: number
  /** Above this it is void; absent: it never is. */
  readonly void?: number
  /** What to do when it is not ok; for an ok check it is left empty unless `note` says something. */
  readonly advice: string
  readonly note?: string
}

/** A check of a value with an upper limit for a warning and one for a void run. A value that could not be read is ok, and says so. */
export function graded({ id, title, unit, value, warn, void: broken, advice, note = '' }: Graded): ValidityCheck {
  if (value === null)
    return {
      id,
      title,
      verdict: 'ok',
      value,
      limit: warn ?? broken ?? null,
      unit,
      advice: note === '' ? 'Could not be measured here.' : note,
    }
  const verdict: CheckVerdict =
    broken !== undefined && value > broken ? 'void' : warn !== undefined && value > warn ? 'warn' : 'ok'
  const limit = (verdict === 'void' ? broken : warn) ?? broken ?? null
  return { id, title, verdict, value, limit, unit, advice: verdict === 'ok' ? note : advice }
}
