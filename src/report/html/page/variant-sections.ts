import { variantHeadings } from '../../variant-words.ts'
import type { FigureWords, VariantWords } from '../../variant-words.ts'
import { h, prose, section } from './dom.ts'
import { scrolled } from './judgement.ts'

const marks = {
  better: ['✓', 'pass'],
  worse: ['✗', 'fail'],
  none: ['=', ''],
  unknown: ['?', 'unknown'],
  reference: ['', ''],
} as const

/** Configurations that were compared: which is best, and a table a figure. */
export function variantSections(variants: readonly VariantWords[]): HTMLElement[] {
  return variants.map(({ test, best, how, figures }) =>
    section(
      `Best configuration of “${test}”`,
      h('p', {}, ...prose(best)),
      h('p', { class: 'quiet' }, how),
      ...figures.flatMap((figure) => [figureTable(figure), ...figure.notes.map((note) => h('p', { class: 'quiet' }, note))]),
    ),
  )
}

function figureTable({ title, rows }: FigureWords): HTMLElement {
  const headings = [title, ...variantHeadings.slice(1)]
  const body = rows.map(({ name, value, ratio, interval, difference, verdict }) => {
    const [mark, kind] = marks[verdict]
    return h(
      'tr',
      { class: kind === '' ? undefined : kind },
      h('th', { scope: 'row' }, name),
      h('td', { class: 'number' }, value),
      h('td', { class: 'number' }, ratio),
      h('td', { class: 'number' }, interval),
      h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), ` ${difference}`),
    )
  })
  const head = headings.map((text, i) => h('th', { scope: 'col', class: i > 0 && i < 4 ? 'number' : undefined }, text))
  return scrolled(h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...body)))
}
