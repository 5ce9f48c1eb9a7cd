import type { PageCheck, PageObjective, PageTest } from '../page-data.ts'
import { count, percent } from '../../numbers.ts'
import { h, prose } from './dom.ts'

const objectiveWords = { pass: ['✓', 'holds'], fail: ['✗', 'missed'], unknown: ['?', 'unknown'] } as const

/** Actual beside limit, with a bar whose tick is the limit. */
export function objectivesTable(objectives: readonly PageObjective[]): HTMLElement {
  const rows = objectives.map((o) => {
    const [mark, word] = objectiveWords[o.verdict]
    return h(
      'tr',
      { class: o.verdict },
      h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), ` ${word}`),
      h('td', {}, h('code', {}, o.text), o.verdict !== 'pass' && h('div', { class: 'quiet' }, o.reason)),
      h('td', { class: 'number' }, o.actualText),
      h('td', { class: 'number quiet' }, o.limitText),
      h('td', { class: 'wide' }, o.share === null ? '' : shareBar(o.share, o.verdict)),
    )
  })
  return scrolled(
    h('table', { class: 'objectives' }, head(['', 'Objective', 'Actual', 'Limit', ''], [2, 3]), h('tbody', {}, ...rows)),
  )
}

/** Twice the limit is the end of the bar. */
function shareBar(share: number, verdict: string): Element {
  const picture = svg('svg', {
    viewBox: '0 0 100 8',
    preserveAspectRatio: 'none',
    class: `share ${verdict}`,
    'aria-hidden': 'true',
  })
  picture.append(
    svg('rect', { class: 'ground', x: 0, y: 2, width: 100, height: 4 }),
    svg('rect', { class: 'fill', x: 0, y: 2, width: Math.min(100, share * 50), height: 4 }),
    svg('rect', { class: 'tick', x: 49.5, y: 0, width: 1, height: 8 }),
  )
  return picture
}

export function svg(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS<'svg'>('http://www.w3.org/2000/svg', tag as 'svg') // the name is one of SVG's; which one makes no difference here
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  return element
}

/** The short answer to whether the numbers can be believed. */
export function validityLine({ validity }: PageTest): HTMLElement {
  const mark = { ok: '✓', warn: '!', void: '✗' }[validity.verdict]
  return h(
    'p',
    { class: `validity-line ${validity.verdict}` },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
    ` ${validity.words}.`,
  )
}

/** What is good is folded, what is not stands open with its advice. */
export function validityBlock({ validity }: PageTest): HTMLElement {
  const bad = validity.checks.filter((check) => check.verdict !== 'ok')
  const good = validity.checks.filter((check) => check.verdict === 'ok')
  return h(
    'div',
    { class: `validity ${validity.verdict}` },
    bad.length > 0 && checkList(bad),
    good.length > 0 &&
      h(
        'details',
        {},
        h(
          'summary',
          {},
          `${good.length} ${good.length === 1 ? 'check' : 'checks'} of the measurement ${good.length === 1 ? 'is' : 'are'} good`,
        ),
        checkList(good),
      ),
  )
}

function checkList(checks: readonly PageCheck[]): HTMLElement {
  const rows = checks.map((check) =>
    h(
      'tr',
      { class: check.verdict },
      h('td', { class: 'state' }, check.verdict),
      h('td', {}, check.title, check.verdict !== 'ok' && h('div', { class: 'quiet' }, ...prose(check.advice))),
      h('td', { class: 'number' }, check.value),
      h('td', { class: 'number quiet' }, check.limit),
    ),
  )
  return scrolled(h('table', { class: 'checks' }, head(['', 'Check', 'Value', 'Limit'], [2, 3]), h('tbody', {}, ...rows)))
}

export function findingsList(findings: PageTest['findings']): HTMLElement {
  return h(
    'ul',
    { class: 'findings' },
    ...findings.map(({ id, severity, title, evidence, advice }) =>
      h(
        'li',
        { class: severity },
        h(
          'p',
          {},
          h('span', { class: 'severity' }, severity),
          ' ',
          h('strong', {}, title),
          ' ',
          h('code', { class: 'quiet' }, id),
        ),
        h('p', { class: 'evidence' }, evidence),
        h('p', {}, '→ ', ...prose(advice)),
      ),
    ),
  )
}

export function failuresTable(failures: PageTest['failures']): HTMLElement {
  const rows = failures.map(({ kind, name, count: n, example }) =>
    h(
      'tr',
      {},
      h('td', {}, kind),
      h('td', {}, name),
      h('td', { class: 'number' }, count(n)),
      h('td', { class: 'example' }, example === '' ? '' : h('code', {}, example)),
    ),
  )
  return scrolled(h('table', { class: 'failures' }, head(['Kind', 'Request', 'Count', 'Example'], [2]), h('tbody', {}, ...rows)))
}

export function checksTable(checks: PageTest['checks']): HTMLElement {
  const rows = checks.map(({ name, passed, failed }) =>
    h(
      'tr',
      { class: failed > 0 ? 'fail' : 'pass' },
      h(
        'td',
        { class: 'state' },
        h('span', { class: 'mark', 'aria-hidden': 'true' }, failed > 0 ? '✗' : '✓'),
        failed > 0 ? ' failed' : ' held',
      ),
      h('td', {}, name),
      h('td', { class: 'number' }, count(passed)),
      h('td', { class: 'number' }, count(failed)),
      h('td', { class: 'number' }, percent(passed + failed === 0 ? null : failed / (passed + failed))),
    ),
  )
  return scrolled(h('table', {}, head(['', 'Check', 'Held', 'Failed', 'Share failed'], [2, 3, 4]), h('tbody', {}, ...rows)))
}

export function metricsTable(metrics: PageTest['metrics']): HTMLElement {
  const rows = metrics.map(({ name, kind, values }) =>
    h(
      'tr',
      {},
      h('td', {}, name),
      h('td', { class: 'quiet' }, kind),
      h('td', {}, values.map(({ label, value }) => `${label} ${value}`).join(' · ')),
    ),
  )
  return scrolled(h('table', {}, head(['Metric', 'Kind', 'Values']), h('tbody', {}, ...rows)))
}

function head(titles: readonly string[], numbers: readonly number[] = []): HTMLElement {
  return h(
    'thead',
    {},
    h('tr', {}, ...titles.map((title, i) => h('th', { scope: 'col', class: numbers.includes(i) ? 'number' : undefined }, title))),
  )
}

/** Wide tables scroll in themselves, also by keyboard, so that the page never does. */
export function scrolled(table: HTMLTableElement): HTMLElement {
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table' }, table)
}
