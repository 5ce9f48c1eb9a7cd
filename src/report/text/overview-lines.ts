import type { RunResult } from '../../model/run-result.ts'
import type { Bottleneck } from '../overview/bottlenecks.ts'
import type { Criterion } from '../overview/criteria.ts'
import type { ReadinessAnswer } from '../overview/readiness-verdict.ts'
import { runOverview } from '../overview/run-overview.ts'
import type { RunOverview } from '../overview/run-overview.ts'
import { heading, indented, marked } from './style.ts'
import type { Style } from './style.ts'
import { textTable } from './table.ts'

/** What several tests say together: first the paragraph for whoever reads nothing else, then what it rests on. One test speaks for itself. */
export function overviewLines(result: RunResult, style: Style): { readonly summary: string[]; readonly details: string[] } {
  if (result.tests.length < 2) return { summary: [], details: [] }
  const overview = runOverview(result)
  return {
    summary: [heading('Summary', style), ...indented(overview.summary, style), ''],
    details: [
      ...part('Criteria', criteria(overview.criteria, style), style),
      ...part('Capacity recommendation', sentences(overview.capacity, style), style),
      ...part('Bottlenecks', bottlenecks(overview.bottlenecks, style), style),
      ...part('Readiness', readiness(overview.readiness, style), style),
    ],
  }
}

function part(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : [heading(title, style), ...lines, '']
}

function sentences(list: readonly string[], style: Style): string[] {
  return list.flatMap((text) => marked('·', text, style, style.c.dim))
}

const marks = { pass: '✓', fail: '✗', unknown: '?', 'not tested': '?' } as const

/** More than these are too many to look through for what is missed; each test lists its own. */
const most = 20

function criteria(list: readonly Criterion[], style: Style): string[] {
  const { c, width } = style
  if (list.length === 0) return []
  const shown = list.length > most ? list.filter(({ verdict }) => verdict !== 'pass') : list
  const held = list.length - shown.length
  const more = held === 0 ? [] : [c.dim(`  ${shown.length === 0 ? 'All' : 'The other'} ${held} hold.`)]
  if (shown.length === 0) return more
  const rows = shown.map(({ test, text, expected, measured, verdict }) => [
    test,
    text,
    expected,
    measured,
    `${marks[verdict]} ${verdict}`,
  ])
  const [head = '', ...lines] = textTable([['test', 'criterion', 'expected', 'measured', ''], ...rows], {
    width,
    left: [0, 1, 4],
  })
  const paint = { pass: String, fail: c.red, unknown: c.yellow } as const
  return [c.dim(head), ...lines.map((line, i) => paint[shown[i]?.verdict ?? 'pass'](line)), ...more]
}

const severities = { critical: 'critical', limit: 'limits it', warning: 'warning' } as const

function bottlenecks(list: readonly Bottleneck[], style: Style): string[] {
  const { c } = style
  if (list.length === 0) return indented('None was named: no search found a resource full, and no finding warns.', style)
  return list.flatMap(({ title, id, severity, evidence, advice, tests }, i) => {
    const names = tests.map((name) => `“${name}”`).join(', ')
    const paint = severity === 'critical' ? c.red : severity === 'warning' ? c.yellow : c.cyan
    return [
      ...marked(`${i + 1}.`, `${title} (${id}, ${severities[severity]}), in ${names}`, style, paint),
      ...marked(' ', evidence, style, String),
      ...(advice === '' ? [] : marked(' ', `→ ${advice}`, style, String)),
    ]
  })
}

function readiness({ answer, reasons, checks }: RunOverview['readiness'], style: Style): string[] {
  const { c } = style
  const paint: Readonly<Record<ReadinessAnswer, (text: string) => string>> = {
    ready: c.green,
    'ready with limits': c.yellow,
    'not ready': c.red,
    'not known': c.yellow,
  }
  const colours = { pass: c.green, fail: c.red, 'not tested': c.dim } as const
  return [
    `  ${c.bold(paint[answer](answer.toUpperCase()))}`,
    ...sentences(reasons, style),
    ...checks
      .filter(({ result }) => result !== 'not tested')
      .flatMap(({ title, result }) => marked(marks[result], title, style, colours[result])),
  ]
}
