import { trialsOf } from '../../src/analysis/index.ts'
import type { RunData, TestData } from '../../src/analysis/index.ts'
import type { RunEvent } from '../../src/model/run-event.ts'
import type { GeneratorWindow, RequestWindow } from '../../src/model/sample.ts'
import { healthyRecord } from './healthy-record.ts'
import type { HealthyOptions } from './healthy-record.ts'

const trialSec = 10

/** The record of a search: what was seen at each load, and which loads were borne. */
export interface SyntheticSearch {
  readonly loads: readonly number[]
  /** Smallest load that is not borne. */
  readonly edge: number
  readonly probes: (load: number) => Readonly<Record<string, number>>
  readonly generator?: (load: number) => Partial<GeneratorWindow>
  readonly request?: (load: number, window: RequestWindow) => Partial<RequestWindow>
  readonly record?: HealthyOptions
  readonly events?: readonly RunEvent[]
}

export interface SearchRecord {
  readonly data: RunData
  readonly loads: readonly { readonly load: number; readonly bears: boolean; readonly view: TestData }[]
}

/** Trials of ten seconds, one after the other, without a pause. */
export function syntheticSearch({ loads, edge, probes, generator, request, record, events = [] }: SyntheticSearch): SearchRecord {
  const loadAt = (sec: number): number => loads[Math.min(loads.length - 1, Math.floor(sec / trialSec))] ?? 0
  const seconds = loads.length * trialSec
  const begin = 2 // of the load on the clock of a healthy record
  const trials = loads.flatMap((load, i): RunEvent[] => [
    {
      t: begin + i * trialSec,
      kind: 'trial-started',
      test: 'the test',
      trial: i + 1,
      purpose: 'bracket',
      load,
      durationSec: trialSec,
    },
    { t: begin + (i + 1) * trialSec, kind: 'trial-ended', test: 'the test', trial: i + 1, reason: 'completed' },
  ])
  const [from = 1, to = 1] = [loads[0], loads.at(-1)]
  const data = healthyRecord({
    seconds,
    probes: (sec) => probes(loadAt(sec - 0.5)), // a reading tells of the second before it
    times: (sec) => Array.from({ length: loadAt(sec) }, () => 5),
    ...(generator === undefined ? {} : { generator: (sec) => generator(loadAt(sec)) }),
    ...(request === undefined ? {} : { request: (sec, window) => request(loadAt(sec), window) }),
    ...record,
    spec: {
      kind: 'capacity',
      capacity: {
        unit: 'perSec',
        from,
        to,
        within: 0.1,
        mix: { main: 1 },
        process: 'poisson',
        maxUsers: 1000,
        minTrialSec: trialSec,
        maxTrialSec: trialSec,
        quick: false,
        settleLimitSec: 0,
        overload: [],
        overloadSec: trialSec,
      },
      ...record?.spec,
    },
    events: [...trials, ...events],
  })
  const [test] = data.tests
  const views = test === undefined ? [] : trialsOf(test)
  return { data, loads: views.map(({ plan: { load }, view }) => ({ load, bears: load < edge, view })) }
}
