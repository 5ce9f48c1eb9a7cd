import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { wantsColour } from './colour.ts'
import { formats } from './formats.ts'
import type { ReportFormat } from './formats.ts'
import { createLineReporter } from './live/line-reporter.ts'
import { createLiveReporter } from './live/live-reporter.ts'
import { multiplex } from './multiplexer.ts'
import type { ReporterFailure } from './multiplexer.ts'
import type { Reporter, ReporterContext } from './reporter.ts'
import { githubAnnotations } from './github.ts'
import { pagePath } from './page-path.ts'
import { renderSummary } from './markdown/summary.ts'
import { renderText } from './text/render-text.ts'

/** Every reporter by the name that `--reporter` takes. */
export const reporters = {
  live: (context) => createLiveReporter(context),
  line: (context) => createLineReporter(context),
  text: (context) => textReporter(context),
  json: () => fileReporter('json'),
  html: () => fileReporter('html'),
  junit: () => fileReporter('junit'),
  markdown: () => fileReporter('markdown'),
  csv: () => fileReporter('csv'),
  github: (context) => githubReporter(context),
} as const satisfies Readonly<Record<string, (context: ReporterContext) => Reporter>>

export type ReporterName = keyof typeof reporters

export const reporterNames = Object.keys(reporters) as readonly ReporterName[] // the keys of a const object

export function isReporterName(name: string): name is ReporterName {
  return Object.hasOwn(reporters, name)
}

/** What shows and writes a run when nobody said otherwise. */
export function defaultReporterNames({ out, env }: ReporterContext): ReporterName[] {
  const ci = (env['CI'] ?? '') !== '' && env['CI'] !== 'false'
  const screen: ReporterName = out.isTTY === true && !ci && env['TERM'] !== 'dumb' ? 'live' : 'line'
  const github: ReporterName[] =
    (env['GITHUB_ACTIONS'] ?? '') === 'true' || (env['GITHUB_STEP_SUMMARY'] ?? '') !== '' ? ['github'] : []
  return [screen, 'json', 'html', 'junit', 'text', ...github]
}

/** The named reporters as one; one that fails is reported to `onFailure` and harms no other. */
export function createReporters(
  names: readonly ReporterName[],
  context: ReporterContext,
  onFailure: ReporterFailure,
): Required<Reporter> {
  return multiplex(Object.fromEntries([...new Set(names)].map((name) => [name, reporters[name](context)])), onFailure)
}

/** Writes its file into the run folder; without a folder there is nothing to write. */
function fileReporter(format: ReportFormat): Reporter {
  return {
    onResult(outcome) {
      if (outcome.folder !== '') writeFileSync(join(outcome.folder, formats[format].file), formats[format].render(outcome))
    },
  }
}

/** The summary on the screen, and the same without colours in the run folder. */
function textReporter({ out, env }: ReporterContext): Reporter {
  const file = fileReporter('text')
  return {
    async onResult(outcome) {
      const { result, header, folder } = outcome
      const width = out.columns === undefined ? 96 : Math.min(110, out.columns - 1)
      out.write(`\n${renderText(result, header, { colour: wantsColour(out, env), width, page: pagePath(folder) })}`)
      await file.onResult?.(outcome)
    },
  }
}

/** Annotations in the log, and the summary page of the job. */
function githubReporter({ out, env }: ReporterContext): Reporter {
  return {
    onResult({ result, header }) {
      for (const line of githubAnnotations(result)) out.write(`${line}\n`)
      const summary = env['GITHUB_STEP_SUMMARY'] ?? ''
      if (summary !== '') appendFileSync(summary, renderSummary(result, header))
    },
  }
}
