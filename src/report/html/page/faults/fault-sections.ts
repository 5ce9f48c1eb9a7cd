import type { PageAudit, PageFaults } from '../../faults/fault-data.ts'
import { count } from '../../../numbers.ts'
import { h, prose, section } from '../dom.ts'
import { table } from '../pressure-sections.ts'
import { attackParts } from './attack-section.ts'
import { breakerFigure, breakerTests } from './breaker-figure.ts'
import { limiterFigure, limiterTests } from './limiter-figure.ts'
import { poolFigure, poolTests } from './pool-figure.ts'
import { recoveryFigure, stageTable } from './recovery-figure.ts'

interface Sections {
  readonly elements: readonly HTMLElement[]
  /** Once they stand in the page: charts measure their place. */
  draw(): void
}

const verdicts = { PASS: ['✓', 'pass'], FAIL: ['✗', 'fail'], UNKNOWN: ['?', 'unknown'] } as const

/** What came of what was broken: protections, coming back, circuit breakers, connection pools, rate limiters, the data. */
export function faultSections({ attacks, recoveries, breakers, pools, limiters, audit, protections }: PageFaults): Sections {
  const draws: (() => void)[] = []
  const plotFor = (draw: (place: HTMLElement) => void): HTMLElement => {
    const place = h('div', { class: 'chart-grid main' })
    draws.push(() => draw(place))
    return place
  }
  const elements: HTMLElement[] = []
  if (protections.length > 0) elements.push(section('Protections', protectionTable(protections)))
  if (attacks.length > 0) elements.push(section('Attacks', ...attackParts(attacks)))
  if (recoveries.length > 0)
    elements.push(
      section(
        'Recovery',
        ...recoveries.flatMap((recovery) => [
          h('h4', {}, h('code', {}, recovery.id)),
          h('p', {}, ...prose(recovery.sentences.join(' '))),
          plotFor((place) => recoveryFigure(place, recovery)),
          stageTable(recovery),
        ]),
      ),
    )
  for (const breaker of breakers)
    elements.push(
      section(
        `Circuit breaker of ${breaker.link}`,
        h('p', { class: breaker.word }, h('strong', {}, breaker.verdict), ` – ${breaker.reason}`),
        h('ul', { class: 'sentences' }, ...breaker.facts.map((fact) => h('li', {}, fact))),
        plotFor((place) => breakerFigure(place, breaker)),
        breakerTests(breaker),
      ),
    )
  for (const pool of pools)
    elements.push(
      section(
        `Connection pool to ${pool.link}`,
        h('p', { class: pool.word }, h('strong', {}, pool.verdict), ` – ${pool.reason}`),
        h('ul', { class: 'sentences' }, ...pool.facts.map((fact) => h('li', {}, fact))),
        plotFor((place) => poolFigure(place, pool)),
        ...poolTests(pool),
      ),
    )
  for (const limiter of limiters)
    elements.push(
      section(
        `Rate limiter ${limiter.name}`,
        h('p', { class: limiter.word }, h('strong', {}, limiter.verdict), ` – ${limiter.reason}`),
        h('ul', { class: 'sentences' }, ...limiter.facts.map((fact) => h('li', {}, fact))),
        plotFor((place) => limiterFigure(place, limiter)),
        limiterTests(limiter),
      ),
    )
  if (audit !== null) elements.push(section('Data', ...auditParts(audit)))
  return {
    elements,
    draw: () => {
      for (const draw of draws) draw()
    },
  }
}

function protectionTable(protections: PageFaults['protections']): HTMLElement {
  const rows = protections.map(({ protection, verdict, word, evidence }) => {
    const [mark, name] = verdicts[verdict]
    return h(
      'tr',
      { class: name },
      h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), ` ${name}`),
      h('td', {}, protection),
      h('td', {}, h('code', {}, word)),
      h('td', { class: 'quiet' }, ...prose(evidence)),
    )
  })
  return table(['Verdict', 'Protection', 'In a word', 'Evidence'], rows)
}

function auditParts(audit: PageAudit): HTMLElement[] {
  const [mark, name] = verdicts[audit.verdict]
  const sentence = h(
    'p',
    { class: name },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
    ` ${name}: `,
    ...prose(audit.sentence),
  )
  if (audit.rows.length === 0) return [sentence]
  const rows = audit.rows.map(({ what, count: n, share, ids, more, evidence }) =>
    h(
      'tr',
      { class: 'fail' },
      h('td', {}, what),
      h('td', { class: 'number' }, count(n)),
      h('td', { class: 'number' }, share),
      h('td', { class: 'ids' }, ...ids.flatMap((id) => [h('code', {}, id), ' ']), more > 0 && `and ${count(more)} more`),
      h('td', { class: 'quiet' }, evidence),
    ),
  )
  return [sentence, table(['What', 'Count', 'Share (95 %)', 'Ids', 'Evidence'], rows)]
}
