import type { RunEvent } from '../../model/run-event.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import type { Stretch } from './due.ts'

export type AlertEvent = Extract<RunEvent, { readonly kind: 'alert' }>

/** What reached the receiver from the start of a test's load to the load of the next one, and how long that was watched. */
export interface AlertWatch {
  /** Name to the times in which it was raised; the last one may go on (`Infinity`). */
  readonly raised: ReadonlyMap<string, readonly Stretch[]>
  /** Seconds from the start of the load. */
  readonly untilSec: number
}

export function alertsIn(data: RunData, test: TestData): AlertWatch {
  const start = test.loadStartSec ?? test.startSec
  const next = data.tests[data.tests.findIndex(({ name }) => name === test.name) + 1]
  // Before the next test the target may be stopped: that it says nothing then is no fault of its.
  const until = next?.startSec ?? data.lastSec
  const named = new Map<string, AlertEvent[]>()
  for (const event of data.events) {
    if (event.kind === 'target-ready' && event.t < start) named.clear()
    if (event.kind !== 'alert' || event.t > until) continue
    named.set(event.name, [...(named.get(event.name) ?? []), event])
  }
  const raised = new Map<string, readonly Stretch[]>()
  for (const [name, events] of named) {
    const stretches = stretchesOf(events)
      .map(({ fromSec, toSec }) => ({ fromSec: fromSec - start, toSec: toSec - start }))
      .filter(({ toSec }) => toSec > 0)
    if (stretches.length > 0) raised.set(name, stretches)
  }
  return { raised, untilSec: until - start }
}

/** Raised from the first of its instances to the end of the last: one alert can be raised for several labels, and is told again and again while it lasts. */
function stretchesOf(events: readonly AlertEvent[]): readonly Stretch[] {
  const open = new Set<string>()
  const stretches: Stretch[] = []
  let from: number | undefined
  for (const { t, status, of = '' } of events) {
    if (status === 'raised') {
      open.add(of)
      from ??= t
      continue
    }
    open.delete(of)
    if (open.size > 0 || from === undefined) continue
    stretches.push({ fromSec: from, toSec: t })
    from = undefined
  }
  return from === undefined ? stretches : [...stretches, { fromSec: from, toSec: Infinity }]
}
