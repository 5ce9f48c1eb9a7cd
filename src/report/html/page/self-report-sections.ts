import type { PageTest } from '../page-data.ts'
import { h, prose, section } from './dom.ts'
import { table } from './pressure-sections.ts'

const words = { pass: ['✓', 'pass'], fail: ['✗', 'fail'], unknown: ['?', 'unknown'] } as const

/** What the target says of itself: its page of metrics and its alerts. */
export function selfReportSections({ monitor, alerts }: PageTest['selfReports']): HTMLElement[] {
  return [
    ...(monitor === null
      ? []
      : [
          section(
            'Its page of metrics',
            h('p', { class: monitor.state }, h('strong', {}, monitor.verdict), ` – ${monitor.looks}`),
            ...(monitor.rows.length === 0
              ? []
              : [rowsOf(['Series', 'Statistic', 'Says', 'Seen', 'Apart'], monitor.rows, [2, 3, 4])]),
          ),
        ]),
    ...(alerts.length === 0
      ? []
      : [
          section(
            'Its alerts',
            rowsOf(['Alert', 'Verdict', 'Condition', 'Due', 'Raised', 'After', 'Cleared after'], alerts, [3, 4, 5, 6]),
          ),
        ]),
  ]
}

function rowsOf(head: readonly string[], rows: PageTest['selfReports']['alerts'], numbers: readonly number[]): HTMLElement {
  return table(
    ['', ...head, 'Why'],
    rows.map(({ verdict, cells, reason }) => {
      const [mark, name] = words[verdict]
      return h(
        'tr',
        { class: name },
        h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), ` ${name}`),
        ...cells.map((cell, i) =>
          numbers.includes(i) ? h('td', { class: 'number' }, cell) : h('td', {}, i === 0 ? h('code', {}, cell) : cell),
        ),
        h('td', { class: 'quiet' }, ...prose(reason)),
      )
    }),
    numbers.map((at) => at + 1),
  )
}
