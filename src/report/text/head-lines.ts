import type { RunResult, TestResult } from '../../model/run-result.ts'
import { nextStepsOfRun } from '../next-steps.ts'
import { oneLine } from '../plain-text.ts'
import { figureOf, summaryOf } from '../run-summary.ts'
import { verdictWords, whyRun } from '../words.ts'
import { heading, indented, marked, paint } from './style.ts'
import type { Style } from './style.ts'
import { textWidth } from './table.ts'

/** Verdict and why; what it comes to; when, how long, on what; how much went well; a line a test with its figure; what to do. */
export function headLines(result: RunResult, style: Style, overview: readonly string[]): string[] {
  const { c } = style
  const summary = summaryOf(result)
  const lines = [verdictLine(result, style)]
  lines.push(...indented(whyRun(result), style), '', ...overview)
  const fact = (label: string, text: string) => marked(label.padEnd(9), text, style, c.dim)
  lines.push(...fact('When', summary.when), ...fact('Length', summary.length), ...fact('Machine', summary.machine))
  if (result.tests.length > 0) {
    if (summary.success !== null) lines.push(...fact('Success', summary.success))
    lines.push(...fact('Tests', summary.tests), '', ...result.tests.flatMap((test) => testLine(test, result.tests, style)))
  }
  lines.push('')
  const steps = [...summary.recommendations, ...nextStepsOfRun(result)]
  if (steps.length > 0)
    lines.push(heading('Recommendations', style), ...steps.flatMap((step) => marked('→', step, style, c.cyan)), '')
  for (const error of result.errors) lines.push(...indented(`${error.code}: ${error.text}`, style))
  return lines
}

function verdictLine({ verdict, name }: RunResult, { c }: Style): string {
  const { word, mark } = verdictWords[verdict]
  return c.bold(paint(c, verdict)(`${mark} ${word.toUpperCase()}`)) + `  ${c.bold(oneLine(name))}`
}

/** The answer once more, where the end of a long report is what stands on the screen. */
export function lastLines(result: RunResult, style: Style): string[] {
  const { tests } = result
  return tests.length < 2 ? [] : [verdictLine(result, style), ...tests.flatMap((test) => testLine(test, tests, style)), '']
}

function testLine(test: TestResult, tests: readonly TestResult[], style: Style): string[] {
  const { c } = style
  const { mark } = verdictWords[test.verdict]
  const widest = Math.min(28, Math.max(...tests.map(({ name }) => textWidth(oneLine(name)))))
  const name = oneLine(test.name)
  const label = `${mark} ${name}${' '.repeat(Math.max(0, widest - textWidth(name)))} `
  return marked(label, figureOf(test), style, paint(c, test.verdict))
}
