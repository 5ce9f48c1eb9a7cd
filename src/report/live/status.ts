import type { RunData, TestData } from '../../analysis/index.ts'
import type { WorkKind } from '../../verdicts/index.ts'
import { workKindOf } from '../../verdicts/index.ts'
import type { LoadSpec } from '../../model/load-spec.ts'
import type { TestSpec } from '../../model/plan-spec.ts'
import { inUnit } from '../numbers.ts'
import type { ReporterTick } from '../reporter.ts'
import type { SearchStatus } from './search-status.ts'

/** The state of a running test in numbers: what the live block and the line both show. */
export interface Status {
  readonly test: string
  /** Which of the chosen tests, from 1. */
  readonly index: number
  readonly tests: number
  readonly elapsedSec: number
  readonly durationSec: number
  readonly phase: string
  readonly users: number
  /** Arrivals per second that are planned now; null in a closed model. */
  readonly rate: number | null
  /** What is counted and timed: requests, steps where functions are called in process, else whole iterations. */
  readonly work: 'requests' | 'steps' | 'iterations'
  readonly perSec: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  /** So many of the work, and how many of them failed. */
  readonly done: number
  readonly failed: number
  /** Of the last seconds. */
  readonly errorRate: number | null
  readonly dropped: number
  readonly targetCpu: number | null
  readonly targetMemory: number | null
  /** Of a test that only watches: what there is to see now, in words. */
  readonly watched: readonly string[]
  readonly throughput: readonly number[]
  readonly p95: readonly (number | null)[]
  /** Of a capacity search; `elapsedSec` and `durationSec` are then those of its trial. */
  readonly search?: SearchStatus
}

/** What "now" is: long enough for a p99 to mean something, short enough to move. */
const recentSec = 5
const graphSec = 60

const workWords: Readonly<Record<WorkKind, Status['work']>> = { request: 'requests', step: 'steps', scenario: 'iterations' }

export function statusOf({ data, test: name, nowSec }: ReporterTick, search?: SearchStatus): Status | undefined {
  const test = data.test(name)
  if (!test) return undefined
  const kind = workKindOf(test)
  const rows = test.rows({ kind })
  const last = rows.length
  const recent = { from: Math.max(0, last - recentSec), to: last }
  const { count, failed, response } = test.total(kind, { range: recent })
  const all = test.total(kind)
  const ms = (q: number) => {
    const value = response.quantile(q)
    return value === null ? null : value / 1000
  }
  const graph = rows.slice(-graphSec)
  const elapsedSec = test.loadStartSec === undefined ? 0 : Math.max(0, nowSec - test.loadStartSec)
  return {
    test: test.name,
    index: data.tests.indexOf(test) + 1,
    tests: Math.max(data.tests.length, data.header.plan.tests.length),
    elapsedSec: search?.elapsedSec ?? Math.min(elapsedSec, test.spec.durationSec),
    durationSec: search?.plannedSec ?? test.spec.durationSec,
    phase: search === undefined ? phaseAt(test, elapsedSec) : '',
    users: rows.at(-1)?.users ?? 0,
    rate: isOpen(test.spec) || search?.unit === 'perSec' ? (rows.at(-1)?.planned ?? 0) : null,
    work: workWords[kind],
    perSec: count / Math.max(1, recent.to - recent.from),
    p50Ms: ms(0.5),
    p95Ms: ms(0.95),
    p99Ms: ms(0.99),
    done: all.count,
    failed: all.failed,
    errorRate: count === 0 ? null : failed / count,
    dropped: rows.reduce((sum, row) => sum + row.dropped, 0),
    targetCpu: latest(data, 'target.cpu', nowSec),
    targetMemory: latest(data, 'target.memory', nowSec),
    watched: test.spec.kind === 'watch' ? watchedNow(data, nowSec) : [],
    throughput: graph.map((row) => row.count),
    p95: graph.map((row) => row.p95Ms),
    ...(search === undefined ? {} : { search }),
  }
}

function phaseAt(test: TestData, sec: number): string {
  if (test.loadEnd !== undefined) return 'ending'
  if (sec < test.spec.warmupSec) return 'warm-up'
  return test.spec.phases.find((phase) => sec >= phase.fromSec && sec < phase.toSec)?.name ?? ''
}

function isOpen(spec: TestSpec): boolean {
  const models: readonly LoadSpec['model'][] = ['open', 'trace']
  return spec.loads.length > 0 && spec.loads.every(({ load }) => models.includes(load.model))
}

/** What is looked at first, where there is any. */
const first = ['target.cpu', 'target.memory', 'target.sockets', 'host.cpu', 'host.memory']
const others = /\.(connections\.active|transactions)$/
const mostWatched = 8

function watchedNow(data: RunData, nowSec: number): readonly string[] {
  const names = [...first, ...data.probeNames.filter((name) => others.test(name))]
  return names
    .flatMap((name) => {
      const value = latest(data, name, nowSec)
      return value === null ? [] : [`${name} ${inUnit(value, data.probeUnits[name] ?? '')}`]
    })
    .slice(0, mostWatched)
}

/** Probes come once a second; one that has been silent for longer says nothing about now. */
function latest(data: RunData, probe: string, nowSec: number): number | null {
  return data.probe(probe, nowSec - 5).at(-1)?.value ?? null
}
