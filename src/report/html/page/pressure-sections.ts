import type { PageTest } from '../page-data.ts'
import { h } from './dom.ts'
import { scrolled } from './judgement.ts'

const leakWords = { leak: ['✗', 'leak'], none: ['✓', 'none'], unknown: ['?', 'unknown'] } as const

export function leakTable(rows: NonNullable<PageTest['leaks']>['rows']): HTMLElement {
  return table(
    ['Verdict', 'Resource', 'Growth', '99 % interval', 'Time left', 'Why'],
    rows.map(({ resource, verdict, growth, interval, limit, reason }) => {
      const [mark, word] = leakWords[verdict]
      return h(
        'tr',
        { class: { leak: 'fail', none: 'pass', unknown: 'unknown' }[verdict] },
        h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), ` ${word}`),
        h('td', {}, h('code', {}, resource)),
        h('td', { class: 'number' }, growth),
        h('td', { class: 'number' }, interval),
        h('td', { class: 'number' }, limit),
        h('td', { class: 'quiet' }, reason),
      )
    }),
    [2, 3, 4],
  )
}

export function faultTable(faults: PageTest['faults']): HTMLElement {
  return table(
    ['', 'Fault', 'Kind', 'When', 'Evidence'],
    faults.map(({ id, kind, when, verified, evidence }) =>
      h(
        'tr',
        { class: verified ? 'pass' : 'unknown' },
        h(
          'td',
          { class: 'state' },
          h('span', { class: 'mark', 'aria-hidden': 'true' }, verified ? '✓' : '?'),
          verified ? ' verified' : ' not verified',
        ),
        h('td', {}, h('code', {}, id)),
        h('td', {}, kind),
        h('td', { class: 'number' }, when),
        h('td', { class: 'quiet' }, evidence),
      ),
    ),
    [3],
  )
}

export function limitTable(limits: PageTest['limits']): HTMLElement {
  return table(
    ['', 'Limit', 'Asked', 'How'],
    limits.map(({ name, asked, set, how }) =>
      h(
        'tr',
        { class: set ? 'pass' : 'unknown' },
        h(
          'td',
          { class: 'state' },
          h('span', { class: 'mark', 'aria-hidden': 'true' }, set ? '✓' : '?'),
          set ? ' set' : ' not set',
        ),
        h('td', {}, h('code', {}, name)),
        h('td', { class: 'number' }, asked),
        h('td', { class: 'quiet' }, how),
      ),
    ),
    [2],
  )
}

function table(titles: readonly string[], rows: readonly HTMLElement[], numbers: readonly number[]): HTMLElement {
  const head = titles.map((title, i) => h('th', { scope: 'col', class: numbers.includes(i) ? 'number' : undefined }, title))
  return scrolled(h('table', { class: 'pressure' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)))
}
