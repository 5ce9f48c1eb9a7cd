import { writeFileSync } from 'node:fs'
import { ToolError, messageOf } from '../../base/errors.ts'
import { isReportFormat, renderReport, reportFormats } from '../../report/index.ts'
import { readRunFolder } from '../../run/index.ts'
import { judgeRun } from '../../verdicts/index.ts'
import type { CommandInput } from '../command-input.ts'
import { readOptions } from '../option-values.ts'

/** Rebuilds a report from the record alone. */
export function report({ args, options }: CommandInput): Promise<number> {
  const read = readOptions(options)
  const format = read.text('format') ?? 'text'
  if (!isReportFormat(format))
    throw new ToolError('OPTION_INVALID', `Expected --format to be one of ${reportFormats.join(', ')}, got \`${format}\`.`)
  const folder = args[0] ?? ''
  const { header, data, problems } = readRunFolder(folder)
  for (const line of problems) process.stderr.write(`! ${line}\n`)
  const text = renderReport(format, { header, data, result: judgeRun(data), folder })
  const out = read.text('out')
  if (out === undefined) {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    return Promise.resolve(0)
  }
  try {
    writeFileSync(out, text)
  } catch (error) {
    throw new ToolError('OUT_UNUSABLE', `The report cannot be written to \`${out}\`: ${messageOf(error)}.`, { cause: error })
  }
  return Promise.resolve(0)
}
