import type { RunHeader } from '../../model/run-header.ts'
import type { RunResult } from '../../model/run-result.ts'
import { oneLine } from '../plain-text.ts'
import { tuningAdvice } from '../tuning-advice.ts'
import { headLines, lastLines } from './head-lines.ts'
import { overviewLines } from './overview-lines.ts'
import { heading, marked, styleOf } from './style.ts'
import { testLines } from './test-lines.ts'
import { variantLines } from './variant-lines.ts'

export interface TextOptions {
  readonly colour?: boolean
  /** Columns; default 96. */
  readonly width?: number
  /** Where the report page is; absent: not said. */
  readonly page?: string | undefined
}

/** The summary of a run, read top-down: verdict, when and where, what went well, what to do; then each test; then tuning. */
export function renderText(result: RunResult, header: RunHeader, { colour = false, width = 96, page }: TextOptions = {}): string {
  const style = styleOf(colour, width)
  const { c } = style
  const overview = overviewLines(result, style)
  const lines = headLines(result, style, overview.summary)
  const several = result.tests.length > 1
  lines.push(...overview.details)
  lines.push(...variantLines(result, style))
  for (const test of result.tests) lines.push(...testLines(test, several, style))
  const advice = tuningAdvice(result)
  if (advice.length > 0)
    lines.push(
      heading('Tuning', style),
      ...advice.flatMap(({ about, text }) => marked('→', `${about}: ${text}`, style, c.cyan)),
      '',
    )
  lines.push(...lastLines(result, style))
  lines.push(c.dim(`Seed ${result.seed}. Again:  ${oneLine(header.command)}`))
  if (page !== undefined) lines.push(`${c.dim('Report:')} ${c.underline(page)}`)
  return `${lines.join('\n')}\n`
}
