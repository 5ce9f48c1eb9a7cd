import type { RunOverview } from '../overview/run-overview.ts'
import { code, md, table } from './md.ts'

const marks = { pass: '✅ pass', fail: '❌ fail', unknown: '❔ unknown' } as const

/** Every objective of every test, with what was expected and measured. */
export function criteriaTable({ criteria }: RunOverview): string[] {
  if (criteria.length === 0) return ['None was set.', '']
  const rows = criteria.map(({ test, text, expected, measured, verdict, reason }) => [
    md(test),
    code(text),
    md(expected),
    md(measured),
    marks[verdict],
    md(reason),
  ])
  return table(['test', 'criterion', 'expected', 'measured', 'result', 'why'], rows, 2, 3)
}

/** Worst first. */
export function bottleneckList({ bottlenecks }: RunOverview): string[] {
  if (bottlenecks.length === 0) return ['None was named: no search found a resource full, and no finding warns.', '']
  const items = bottlenecks.map(({ title, id, severity, evidence, advice, tests }) => {
    const names = tests.map((name) => `“${name}”`).join(', ')
    const word = severity === 'limit' ? 'limits it' : severity
    return `1. **${md(title)}** (${code(id)}, ${word}) in ${md(names)}: ${md(evidence)}${advice === '' ? '' : ` → ${md(advice)}`}`
  })
  return [...items, '']
}

export function readinessAnswer({ readiness: { answer, reasons } }: RunOverview): string[] {
  const word = answer.charAt(0).toUpperCase() + answer.slice(1)
  return [`**${word}.** ${reasons.map(md).join(' ')}`, '']
}
