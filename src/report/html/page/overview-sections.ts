import type { PageData } from '../page-data.ts'
import { h, prose, section } from './dom.ts'
import { scrolled } from './judgement.ts'

type Overview = NonNullable<PageData['overview']>

const marks = { pass: '✓', fail: '✗', unknown: '?', 'not tested': '–' } as const

/** What all tests say together, above the tests themselves; `show` leads to one of them. */
export function overviewSections(overview: PageData['overview'], show: (test: string) => void): HTMLElement[] {
  if (overview === null) return []
  return [
    h(
      'div',
      { class: 'overview' },
      section('Summary', h('p', { class: 'why' }, ...prose(overview.summary))),
      readinessBlock(overview.readiness),
      section('Criteria', ...criteriaParts(overview, show)),
      overview.capacity.length > 0 && section('Capacity recommendation', sentences(overview.capacity)),
      section('Bottlenecks', bottleneckList(overview)),
    ),
  ]
}

function sentences(list: readonly string[]): HTMLElement {
  return h('ul', { class: 'sentences' }, ...list.map((text) => h('li', {}, ...prose(text))))
}

function testButton(name: string, show: (test: string) => void): HTMLElement {
  const button = h('button', { type: 'button', class: 'link' }, name)
  button.addEventListener('click', () => show(name))
  return button
}

/** More than these are too many to look through for what is missed. */
const most = 20

function criteriaParts({ criteria }: Overview, show: (test: string) => void): HTMLElement[] {
  if (criteria.length === 0) return [h('p', { class: 'quiet' }, 'None was set.')]
  if (criteria.length <= most) return [criteriaTable(criteria, show)]
  const held = criteria.filter(({ verdict }) => verdict === 'pass')
  const others = criteria.filter(({ verdict }) => verdict !== 'pass')
  const folded = h('details', {}, h('summary', {}, `${held.length} of ${criteria.length} hold`), criteriaTable(held, show))
  return [...(others.length > 0 ? [criteriaTable(others, show)] : []), ...(held.length > 0 ? [folded] : [])]
}

function criteriaTable(criteria: Overview['criteria'], show: (test: string) => void): HTMLElement {
  const head = h(
    'thead',
    {},
    h(
      'tr',
      {},
      ...['', 'Test', 'Criterion', 'Expected', 'Measured'].map((text, i) =>
        h('th', { scope: 'col', class: i > 2 ? 'number' : undefined }, text),
      ),
    ),
  )
  const rows = criteria.map(({ test, text, expected, measured, verdict, reason }, i) => {
    // What is said of all criteria of a test is said once.
    const isSaid = criteria[i - 1]?.test === test && criteria[i - 1]?.reason === reason
    return h(
      'tr',
      { class: verdict },
      h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, marks[verdict]), ` ${verdict}`),
      h('td', {}, testButton(test, show)),
      h('td', {}, h('code', {}, text), reason !== '' && !isSaid && h('div', { class: 'quiet' }, reason)),
      h('td', { class: 'number quiet' }, expected),
      h('td', { class: 'number' }, measured),
    )
  })
  return scrolled(h('table', { class: 'criteria' }, head, h('tbody', {}, ...rows)))
}

function bottleneckList({ bottlenecks }: Overview): HTMLElement {
  if (bottlenecks.length === 0)
    return h('p', { class: 'quiet' }, 'None was named: no search found a resource full, and no finding warns.')
  return h(
    'ol',
    { class: 'findings ranked' },
    ...bottlenecks.map(({ title, id, severity, evidence, advice, tests }) =>
      h(
        'li',
        { class: severity },
        h(
          'p',
          {},
          h('span', { class: 'severity' }, severity === 'limit' ? 'limits it' : severity),
          ' ',
          h('strong', {}, title),
          ' ',
          h('code', { class: 'quiet' }, id),
          h('span', { class: 'quiet' }, ` in ${tests.map((name) => `“${name}”`).join(', ')}`),
        ),
        h('p', { class: 'evidence' }, evidence),
        advice !== '' && h('p', {}, '→ ', ...prose(advice)),
      ),
    ),
  )
}

const tones = { ready: 'passed', 'ready with limits': 'invalid', 'not ready': 'failed', 'not known': 'invalid' } as const

function readinessBlock({ answer, reasons, checks }: Overview['readiness']): HTMLElement {
  const made = checks.filter(({ result }) => result !== 'not tested')
  return section(
    'Readiness',
    h('p', { class: `why ${tones[answer]}` }, h('strong', { class: 'word' }, answer.charAt(0).toUpperCase() + answer.slice(1))),
    sentences(reasons),
    h(
      'details',
      {},
      h('summary', {}, `${made.length} of ${checks.length} checks were made`),
      scrolled(
        h(
          'table',
          {},
          h(
            'tbody',
            {},
            ...checks.map(({ title, result, evidence }) =>
              h(
                'tr',
                { class: result === 'not tested' ? 'quiet' : result },
                h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, marks[result]), ` ${result}`),
                h('td', {}, title, evidence !== '' && h('div', { class: 'quiet' }, ...prose(evidence))),
              ),
            ),
          ),
        ),
      ),
    ),
  )
}
