import type { RunResult } from '../model/run-result.ts'
import { answerSentences } from './capacity-sentences.ts'
import { inUnit } from './numbers.ts'
import { oneLine } from './plain-text.ts'
import { leakLine } from './resource-sentences.ts'

/** Workflow commands that put each broken objective and void check on the page of the job. */
export function githubAnnotations(result: RunResult): string[] {
  const lines = result.errors.map(({ code, text }) => command('error', code, text))
  for (const test of result.tests) {
    for (const o of test.objectives) {
      if (o.verdict === 'fail')
        lines.push(command('error', `${test.name}: ${o.text}`, `actual ${inUnit(o.actual, o.unit)}. ${o.reason}`))
      if (o.verdict === 'unknown') lines.push(command('error', `${test.name}: ${o.text}`, `unknown. ${o.reason}`))
    }
    if (test.capacity !== undefined) {
      const isKnown = test.capacity.kind !== 'unfinished' && test.capacity.kind !== 'generator-limited'
      lines.push(command(isKnown ? 'notice' : 'warning', `${test.name}: capacity`, answerSentences(test.capacity).join(' ')))
    }
    for (const leak of test.leaks ?? [])
      if (leak.verdict === 'leak') lines.push(command('warning', `${test.name}: leak`, leakLine(leak).text))
    for (const c of test.validity.checks) {
      if (c.verdict === 'ok') continue
      lines.push(
        command(
          c.verdict === 'void' ? 'error' : 'warning',
          `${test.name}: ${c.title}`,
          `${inUnit(c.value, c.unit)}, limit ${inUnit(c.limit, c.unit)}. ${c.advice}`,
        ),
      )
    }
    for (const f of test.findings)
      lines.push(command(f.severity === 'info' ? 'notice' : 'warning', `${test.name}: ${f.title}`, `${f.evidence} ${f.advice}`))
  }
  return lines
}

/** Escapes as the runner reads them: in properties also `:` and `,`. */
function command(kind: 'error' | 'warning' | 'notice', title: string, message: string): string {
  const text = (value: string) => oneLine(value).replaceAll('%', '%25')
  return `::${kind} title=${text(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${text(message)}`
}
