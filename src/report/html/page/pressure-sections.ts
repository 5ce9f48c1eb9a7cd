import type { PageTest } from '../page-data.ts'
import { duration } from '../../numbers.ts'
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
    ['', 'Fault', 'Kind', 'When', 'Met by', 'Evidence'],
    faults.map(({ id, kind, when, verified, crossed, evidence }) =>
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
        h('td', { class: 'number' }, crossed),
        h('td', { class: 'quiet' }, evidence),
      ),
    ),
    [3, 4],
  )
}

const resourceWords = {
  PASS: ['✓', 'borne', 'pass'],
  FAIL: ['✗', 'not borne', 'fail'],
  UNKNOWN: ['?', 'unknown', 'unknown'],
} as const

/** How the target bore each resource that was taken from it. */
export function resourceVerdictTable(resources: PageTest['resources']): HTMLElement {
  const answer = (known: boolean | null) => (known === null ? 'unknown' : known ? 'yes' : 'no')
  return table(
    [
      'Verdict',
      'Resource',
      'Limit reached',
      'Fails with',
      'Others that failed',
      'Same process',
      'Recovered after',
      'Given back',
      'Why',
    ],
    resources.map((one) => {
      const [mark, word, name] = resourceWords[one.verdict]
      return h(
        'tr',
        { class: name },
        h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), ` ${word}`),
        h('td', {}, one.resource),
        h('td', {}, answer(one.reached)),
        h('td', {}, one.errorClass ?? 'nothing'),
        h('td', {}, one.collateral.length === 0 ? 'none' : one.collateral.join(', ')),
        h('td', {}, answer(one.survived)),
        h('td', { class: 'number' }, one.recoveredSec === null ? 'not seen' : duration(one.recoveredSec)),
        h('td', {}, answer(one.givenBack)),
        h('td', { class: 'quiet' }, one.reason),
      )
    }),
    [6],
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

/** `numbers`: columns that are set to the right. */
export function table(titles: readonly string[], rows: readonly HTMLElement[], numbers: readonly number[] = []): HTMLElement {
  const head = titles.map((title, i) => h('th', { scope: 'col', class: numbers.includes(i) ? 'number' : undefined }, title))
  return scrolled(h('table', { class: 'pressure' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)))
}
