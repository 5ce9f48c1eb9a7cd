import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRunData, trialsOf } from '../../src/analysis/index.ts'
import type { CapacitySpec } from '../../src/model/capacity-spec.ts'
import type { RunEvent } from '../../src/model/run-event.ts'
import type { RunHeader } from '../../src/model/run-header.ts'
import type { WindowLine } from '../../src/model/sample.ts'
import type { SearchRecord } from './synthetic-search.ts'

export interface Steps {
  /** The run's folder, with one test of steps. */
  readonly folder: string
  readonly loads: readonly number[]
  readonly eachSec: number
  /** Smallest load that is known not to be borne. */
  readonly edge: number
}

/** The real record of a test with steps, seen as that of a search which tried those loads: for what must not hang on how a search goes on a busy machine. */
export function stepsAsSearch({ folder, loads, eachSec, edge }: Steps): SearchRecord {
  const lines = (name: string): unknown[] =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line))
  const events = lines('events.ndjson') as RunEvent[] // written by the program under test, in that format
  const windows = lines('windows.ndjson') as WindowLine[] // likewise
  const data = createRunData(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as RunHeader) // likewise
  const begin = timeOf(events, 'load-started')
  const end = timeOf(events, 'load-ended')
  for (const event of events) {
    data.addEvent(event.kind === 'test-started' ? { ...event, spec: { ...event.spec, capacity: capacityOf(loads) } } : event)
    if (event.kind !== 'load-started') continue
    for (const [i, load] of loads.entries()) {
      const [from, to] = [begin + i * eachSec, Math.min(end, begin + (i + 1) * eachSec)]
      if (from >= end) break
      const trial = { test: event.test, trial: i + 1 }
      data.addEvent({ ...trial, t: from, kind: 'trial-started', purpose: 'bracket', load, durationSec: eachSec })
      data.addEvent({ ...trial, t: to, kind: 'trial-ended', reason: 'completed' })
    }
  }
  for (const line of windows) data.addWindow(line)
  const [test] = data.tests
  const trials = test === undefined ? [] : trialsOf(test)
  return { data, loads: trials.map(({ plan: { load }, view }) => ({ load, bears: load < edge, view })) }
}

function timeOf(events: readonly RunEvent[], kind: RunEvent['kind']): number {
  return events.find((event) => event.kind === kind)?.t ?? Number.NaN
}

function capacityOf(loads: readonly number[]): CapacitySpec {
  const [from = 1, to = 1] = [loads[0], loads.at(-1)]
  return {
    unit: 'perSec',
    from,
    to,
    within: 0.1,
    mix: {},
    process: 'poisson',
    maxUsers: 10_000,
    minTrialSec: 1,
    maxTrialSec: 60,
    quick: false,
    settleLimitSec: 0,
    overload: [],
    overloadSec: 1,
  }
}
