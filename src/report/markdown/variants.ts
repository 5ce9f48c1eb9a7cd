import type { RunResult } from '../../model/run-result.ts'
import { variantHeadings, variantWords } from '../variant-words.ts'
import { md, table } from './md.ts'

/** Configurations that were compared: the best one and its reason, then a table a figure; empty where none were. */
export function variantSections(result: RunResult): string[] {
  return variantWords(result).flatMap(({ test, best, how, figures }) => [
    `Best configuration of ${md(`“${test}”`)}: ${md(best)}`,
    '',
    md(how),
    '',
    ...figures.flatMap(({ title, rows, notes }) => [
      ...table(
        [title, ...variantHeadings.slice(1)],
        rows.map(({ name, value, ratio, interval, difference }) => [md(name), value, ratio, interval, md(difference)]),
        1,
        3,
      ),
      ...notes.flatMap((note) => [md(note), '']),
    ]),
  ])
}
