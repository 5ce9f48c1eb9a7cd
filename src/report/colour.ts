import type { ReporterContext, TextOutput } from './reporter.ts'

/** Whether to colour: NO_COLOR (no-color.org) says never, FORCE_COLOR says always, else a terminal that is not dumb decides. */
export function wantsColour(out: TextOutput, env: ReporterContext['env']): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return out.isTTY === true && env['TERM'] !== 'dumb'
}
