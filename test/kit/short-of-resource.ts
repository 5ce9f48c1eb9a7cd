import type { FaultSpec } from '../../src/model/fault-spec.ts'
import type { LimitsSpec } from '../../src/model/limits-spec.ts'
import type { RunEvent } from '../../src/model/run-event.ts'
import type { TestResult } from '../../src/model/run-result.ts'
import { judgeRun } from '../../src/verdicts/index.ts'
import type { HealthyOptions } from './healthy-record.ts'
import { healthyRecord } from './healthy-record.ts'

export const seconds = 40
/** The load of the kit begins here on the run clock. */
export const loadStart = 2

/** What a target does while it is short of a resource between the tenth and the twentieth second, and afterwards. */
export interface Story {
  readonly limits?: LimitsSpec
  readonly probe: string
  /** Readings at rest before, in the load, and at rest after. */
  readonly level: { readonly before: number; readonly at: (sec: number) => number; readonly after: number }
  /** Share of the requests that fail in a second, and how. */
  readonly fails?: (sec: number) => number
  readonly how?: { readonly failures?: Record<string, number>; readonly statuses?: Record<string, number> }
  readonly other?: (sec: number) => number
  readonly events?: readonly RunEvent[]
  readonly faults?: readonly FaultSpec[]
  readonly errors?: Readonly<Record<string, number>>
  readonly set?: boolean
  /** Connections to a database, at rest before and after. */
  readonly pool?: { readonly before: number; readonly after: number }
}

const names: Readonly<Record<string, string>> = {
  files: 'files',
  memoryBytes: 'memory',
  cpus: 'cpus',
  fileSizeBytes: 'fileSize',
  processes: 'processes',
}

/** The verdict of a test with this story. */
export function judged(story: Story): TestResult {
  const { limits, probe, level, fails = () => 0, other, how = { failures: { 'closed-early': 1 } } } = story
  // All limits are numbers.
  const laid = Object.entries({ ...limits } as Record<string, number>).map(([key, asked]) => ({
    name: names[key] ?? key,
    asked,
    set: story.set ?? true,
    how: 'so',
  }))
  const share = (sec: number, count: number): number => Math.round(count * fails(sec))
  const options: HealthyOptions = {
    seconds,
    spec: { ...(limits === undefined ? {} : { limits }), ...(story.faults === undefined ? {} : { faults: story.faults }) },
    request: (sec, window) => {
      const failed = share(sec, window.count)
      const failures = Object.fromEntries(Object.keys(how.failures ?? {}).map((kind) => [kind, failed]))
      const statuses = Object.fromEntries(Object.keys(how.statuses ?? {}).map((status) => [status, failed]))
      return { failed, failures, statuses: { 200: window.count - failed, ...statuses } }
    },
    ...(other === undefined
      ? {}
      : {
          series: (sec: number) => [
            {
              ...plain,
              name: 'GET /other',
              count: 100,
              failed: Math.round(100 * other(sec)),
              failures: { refused: Math.round(100 * other(sec)) },
            },
          ],
        }),
    probes: (sec) => ({ [probe]: level.at(sec), 'target.processes': 1 }),
    ...(story.pool === undefined ? {} : { plan: { probes: [{ kind: 'postgres', service: 'db' }] } }),
    events: [
      ...(laid.length > 0 ? [{ t: 1, kind: 'limits-set' as const, test: 'the test', limits: laid }] : []),
      ...(story.events ?? []),
    ],
    ...(story.errors === undefined
      ? {}
      : { facts: [{ probe: 'target', fact: 'resource-errors', value: { test: 'the test', errors: story.errors } }] }),
  }
  const data = healthyRecord(options)
  for (const [t, when] of [
    [1.5, 'before'],
    [loadStart + seconds + 0.8, 'after'],
  ] as const) {
    const pool = story.pool === undefined ? {} : { 'db.connections.total': story.pool[when] }
    data.addWindow({ t, kind: 'probe', values: { [probe]: level[when], 'target.processes': 1, ...pool } })
  }
  // The database outlives the target.
  if (story.pool !== undefined)
    data.addWindow({ t: loadStart + seconds + 1.8, kind: 'probe', values: { 'db.connections.total': 0 } })
  const [test] = judgeRun(data).tests
  if (test === undefined) throw new Error('no test in the record')
  return test
}

const empty = { v2: '', count: 0, sum: 0, sumSquares: 0, min: 0, max: 0, overflow: 0 }
const plain = {
  kind: 'request' as const,
  bytesIn: 0,
  bytesOut: 0,
  response: empty,
  service: empty,
  censored: empty,
  statuses: {},
  parts: {},
}

/** `value` in the seconds from `from` to `to`, else the other. */
export const at = (from: number, to: number, value: number, other: number) => (sec: number) =>
  sec >= from && sec < to ? value : other
