import { ToolError, messageOf } from '../base/errors.ts'
import type { ReporterName } from '../report/index.ts'
import { createReporters, defaultReporterNames, isReporterName, plainText, reporterNames } from '../report/index.ts'
import type { RunObserver } from '../run/index.ts'

export interface ScreenOptions {
  /** Empty: what fits the terminal, the pipe or the CI job. */
  readonly reporters: readonly string[]
  readonly debug: boolean
}

/** Everything that shows or writes a run, behind the one interface that a run knows. */
export function createObserver({ reporters, debug }: ScreenOptions): RunObserver {
  const context = { out: process.stdout, err: process.stderr, env: process.env }
  const names = reporters.length > 0 ? checkedNames(reporters) : debug ? (['json'] as const) : defaultReporterNames(context)
  const reporter = createReporters(names, context, (name, error) => {
    process.stderr.write(`! The reporter \`${name}\` failed, the run goes on without it: ${messageOf(error)}\n`)
  })
  if (!debug) return reporter
  return {
    ...reporter,
    // A server's text must not reach the terminal as commands.
    onDebug: (text) => process.stdout.write(`${plainText(text)}\n`),
    onEvent: (event) => {
      reporter.onEvent(event)
      if (event.kind === 'log') process.stdout.write(`${plainText(event.text)}\n`)
    },
  }
}

function checkedNames(names: readonly string[]): readonly ReporterName[] {
  return names.map((name) => {
    if (isReporterName(name)) return name
    throw new ToolError('OPTION_INVALID', `Expected --reporter to be a list of ${reporterNames.join(', ')}, got \`${name}\`.`)
  })
}
