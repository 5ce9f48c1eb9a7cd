import { createRunData } from '../analysis/index.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunHeader } from '../model/run-header.ts'
import type { RunResult } from '../model/run-result.ts'
import type { WindowLine } from '../model/sample.ts'
import type { Reporter } from './reporter.ts'

export interface SavedRecord {
  readonly header: RunHeader
  readonly events: readonly RunEvent[]
  readonly windows: readonly WindowLine[]
  readonly result: RunResult
  readonly folder: string
}

/** Called before each second of the record; what it waits for sets the pace. */
export type Pace = (sec: number) => Promise<void>

/** A saved record told to a reporter as if it happened now: header, then events and windows second by second, then the result. */
export async function replay(
  { header, events, windows, result, folder }: SavedRecord,
  reporter: Reporter,
  pace?: Pace,
): Promise<void> {
  const data = createRunData(header)
  reporter.onHeader?.(header, folder)
  const eventsLeft = [...events].sort((a, b) => a.t - b.t)
  // A window that begins at t is known when its second is over.
  const windowsLeft = [...windows].sort((a, b) => a.t - b.t)
  const last = Math.ceil(Math.max(0, ...[eventsLeft.at(-1)?.t ?? 0, (windowsLeft.at(-1)?.t ?? -1) + 1]))
  let running: string | undefined
  for (let sec = 0; sec <= last; sec++) {
    await pace?.(sec)
    while ((eventsLeft[0]?.t ?? Infinity) <= sec) {
      const event = eventsLeft.shift()
      if (!event) break
      data.addEvent(event)
      reporter.onEvent?.(event)
      if (event.kind === 'test-started') running = event.test
      if (event.kind === 'test-ended') running = undefined
    }
    const lines: WindowLine[] = []
    while ((windowsLeft[0]?.t ?? Infinity) + 1 <= sec) lines.push(...windowsLeft.splice(0, 1))
    for (const line of lines) data.addWindow(line)
    if (lines.length > 0) reporter.onWindows?.(lines)
    if (running !== undefined) reporter.onTick?.({ data, test: running, nowSec: sec })
  }
  await reporter.onResult?.({ header, data, result, folder })
}
