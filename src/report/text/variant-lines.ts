import type { RunResult } from '../../model/run-result.ts'
import { oneLine } from '../plain-text.ts'
import { variantHeadings, variantWords } from '../variant-words.ts'
import { heading, indented, marked } from './style.ts'
import type { Style } from './style.ts'
import { textTable } from './table.ts'

/** The comparison of variants: what is best and why, then a table a figure. */
export function variantLines(result: RunResult, style: Style): string[] {
  const { c, width } = style
  return variantWords(result).flatMap(({ test, best, how, figures }) => [
    heading(`Variants of “${oneLine(test)}”`, style),
    ...marked('Best', best, style, c.cyan),
    ...indented(how, style).map(c.dim),
    ...figures.flatMap(({ title, rows, notes }) => {
      const cells = rows.map(({ name, value, ratio, interval, difference }) => [
        oneLine(name),
        value,
        ratio,
        interval,
        difference,
      ])
      const [head = '', ...lines] = textTable([[title, ...variantHeadings.slice(1)], ...cells], { width, left: [0, 4] })
      return [c.dim(head), ...lines, ...notes.flatMap((note) => indented(note, style).map(c.dim))]
    }),
    '',
  ])
}
