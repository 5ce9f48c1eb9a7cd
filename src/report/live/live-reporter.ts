import type { Reporter, ReporterContext } from '../reporter.ts'
import { createLineReporter } from './line-reporter.ts'

/** The redrawn block of a terminal; elsewhere, lines. */
export function createLiveReporter(context: ReporterContext): Reporter {
  return createLineReporter(context)
}
