import { renderHtml } from './html/render-html.ts'
import { pagePath } from './page-path.ts'
import { renderCsv } from './render-csv.ts'
import { renderJson } from './render-json.ts'
import { renderJUnit } from './render-junit.ts'
import { renderMarkdown } from './markdown/render-markdown.ts'
import type { RunOutcome } from './reporter.ts'
import { renderText } from './text/render-text.ts'

interface Format {
  /** Its name in the run folder. */
  readonly file: string
  readonly render: (outcome: RunOutcome) => string
}

/** Every report that is a file, and a pure function of the record and its result. */
export const formats = {
  html: { file: 'report.html', render: ({ header, data, result }) => renderHtml(header, data, result) },
  text: { file: 'report.txt', render: ({ header, result, folder }) => renderText(result, header, { page: pagePath(folder) }) },
  json: { file: 'result.json', render: ({ result }) => renderJson(result) },
  junit: { file: 'junit.xml', render: ({ result }) => renderJUnit(result) },
  markdown: { file: 'report.md', render: ({ header, result }) => renderMarkdown(result, header) },
  csv: { file: 'windows.csv', render: ({ data, result }) => renderCsv(data, result) },
} as const satisfies Readonly<Record<string, Format>>

export type ReportFormat = keyof typeof formats

export const reportFormats = Object.keys(formats) as readonly ReportFormat[] // the keys of a const object

export function isReportFormat(name: string): name is ReportFormat {
  return Object.hasOwn(formats, name)
}

export function renderReport(format: ReportFormat, outcome: RunOutcome): string {
  return formats[format].render(outcome)
}
