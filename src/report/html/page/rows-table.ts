import type { PageRow } from '../page-data.ts'
import { count, ms, percent, perSec } from '../../numbers.ts'
import { h } from './dom.ts'
import { scrolled, svg } from './judgement.ts'

interface Column {
  readonly title: string
  readonly key: (row: PageRow) => string | number | null
  readonly cell: (row: PageRow) => Node | string
  readonly kind: 'name' | 'number' | 'graph'
}

const columnsOf = (what: string): readonly Column[] => [
  {
    title: what,
    key: (row) => row.name,
    cell: (row) => h('span', { title: row.detail === '' ? undefined : row.detail }, row.name),
    kind: 'name',
  },
  { title: 'Count', key: (row) => row.count, cell: (row) => count(row.count), kind: 'number' },
  { title: 'Rate', key: (row) => row.perSec, cell: (row) => perSec(row.perSec), kind: 'number' },
  {
    title: 'Errors',
    key: (row) => row.errorRate,
    cell: (row) => h('span', { class: (row.errorRate ?? 0) > 0 ? 'bad' : undefined }, percent(row.errorRate)),
    kind: 'number',
  },
  ...(['p50', 'p95', 'p99', 'max'] as const).map((p): Column => ({
    title: p,
    key: (row) => row[p],
    cell: (row) => percentileCell(row[p]),
    kind: 'number',
  })),
  { title: 'Rate over time', key: (row) => row.perSec, cell: (row) => smallGraph(row.rateLine), kind: 'graph' },
  { title: 'p95 over time', key: (row) => row.p95, cell: (row) => smallGraph(row.p95Line), kind: 'graph' },
]

function percentileCell(value: number | null): Node | string {
  return value === null ? h('span', { class: 'quiet', title: 'too few samples' }, '–') : ms(value)
}

/** One row a name, the most frequent first unless they have an order of their own; a click on a heading sorts by it, another turns the order round. */
export function rowsTable(rows: readonly PageRow[], what: string, isOrdered = false): HTMLElement {
  const columns = columnsOf(what)
  const body = h('tbody')
  let sorted: { column: number; down: boolean } | undefined = isOrdered ? undefined : { column: 1, down: true }
  const headings = columns.map(({ title, kind }, i) => {
    if (kind === 'graph') return h('th', { scope: 'col' }, title)
    const button = h('button', { type: 'button' }, title)
    button.addEventListener('click', () => {
      sorted = { column: i, down: sorted?.column === i ? !sorted.down : kind === 'number' }
      fill()
    })
    return h('th', { scope: 'col', class: kind }, button)
  })
  const fill = () => {
    const { column, down } = sorted ?? {}
    const key = columns[column ?? -1]?.key ?? (() => null)
    const order = [...rows].sort((a, b) => compare(key(a), key(b)) * (down === true ? -1 : 1))
    for (const [i, heading] of headings.entries()) {
      if (i === column) heading.setAttribute('aria-sort', down === true ? 'descending' : 'ascending')
      else heading.removeAttribute('aria-sort')
    }
    body.replaceChildren(
      ...order.flatMap((row) => {
        const line = h(
          'tr',
          {},
          ...columns.map(({ cell, kind }) =>
            h(kind === 'name' ? 'th' : 'td', { scope: kind === 'name' ? 'row' : undefined, class: kind }, cell(row)),
          ),
        )
        return [line]
      }),
    )
  }
  fill()
  return scrolled(h('table', { class: 'rows' }, h('thead', {}, h('tr', {}, ...headings)), body))
}

/** What is not known sorts as the smallest. */
function compare(a: string | number | null, b: string | number | null): number {
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b)
  return (typeof a === 'number' ? a : -Infinity) - (typeof b === 'number' ? b : -Infinity)
}

/** From zero to its own largest value; gaps stay gaps. */
export function smallGraph(values: readonly (number | null)[]): Element {
  const [width, height] = [96, 20]
  const most = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE)
  let path = ''
  let drawn = false
  for (const [i, value] of values.entries()) {
    if (value !== null)
      path += `${drawn ? 'L' : 'M'}${((i / Math.max(1, values.length - 1)) * width).toFixed(1)} ${(height - 1 - (value / most) * (height - 3)).toFixed(1)}`
    drawn = value !== null
  }
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'small-graph', width, height, 'aria-hidden': 'true' })
  picture.append(svg('path', { d: path }))
  return picture
}
