import type { RunData } from '../analysis/index.ts'
import type { RunEvent } from '../model/run-event.ts'

/** What went wrong since the run began, or was resumed: what had ended its first part did not end it for good. */
export function runErrors(data: RunData): readonly Extract<RunEvent, { kind: 'error' }>[] {
  const resumed = data.events.findLastIndex(({ kind }) => kind === 'run-resumed')
  return data.events.slice(resumed + 1).filter((event) => event.kind === 'error')
}
