import { createTally } from '../../metrics/index.ts'
import type { RunEvent } from '../../model/run-event.ts'
import type { FailureKind, GeneratorWindow, RequestWindow } from '../../model/sample.ts'
import type { ConnectionFailure, RunData, TestData, TrialRecord, WindowFigures } from '../../analysis/index.ts'
import type { LatencyLimit, WorkKind } from './work.ts'
import { acceptedQuantile, windowsOf } from './work.ts'

export interface FigureOptions {
  readonly kind: WorkKind
  readonly limit: LatencyLimit
  /** Requests that one iteration makes, as the trials that were borne show it. */
  readonly perIteration: number
  readonly generatorLimited: boolean
}

/** The seconds of a trial's load as D4 reads them. */
export function figuresOf(data: RunData, { view, end }: TrialRecord, options: FigureOptions): readonly WindowFigures[] {
  // The second in which the target ended is hardly ever a whole one.
  const seconds = Math.max(1, end === 'target-died' ? Math.ceil(view.loadSec) : Math.floor(view.loadSec + 0.05))
  const ends = endsOf(data)
  return Array.from({ length: seconds }, (_, sec) => ({
    ...figuresAt(view, sec, options),
    ...crashIn(ends, view.startSec + sec),
  }))
}

function figuresAt(view: TestData, sec: number, { kind, limit, perIteration, generatorLimited }: FigureOptions): WindowFigures {
  const windows = windowsOf(view, kind, sec)
  const generators = view.generators({ from: sec, to: sec + 1 }).map(({ window }) => window)
  const requests = windows.filter((window) => window.kind === 'request')
  const response = createTally()
  const failedResponse = createTally()
  let failed = 0
  for (const window of windows) {
    response.add(window.response)
    if (window.failedResponse) failedResponse.add(window.failedResponse)
    failed += window.failed
  }
  const inTime = Math.round(Math.min(limit.limitSec, 3600) * 1e6)
  const good = Math.max(0, response.countAtOrBelow(inTime) - failedResponse.countAtOrBelow(inTime))
  const rejected = statusesOf(requests, (status) => status === 429 || status === 503)
  const timeouts = failuresOf(requests, ['timeout', 'timeout-first-byte'])
  const connectionFailures = connectionFailuresOf(requests)
  const ours = failuresOf(requests, ['aborted'])
  const connection = Object.values(connectionFailures).reduce((sum, count) => sum + count, 0)
  const rejectP99 = failedResponse.quantile(0.99)
  return {
    generatorLimited,
    offered: offeredIn(generators, kind, { answered: response.count + failed - failedResponse.count, perIteration }),
    good,
    completed: response.count,
    anyByte: heard(generators, requests, limit),
    latencySec: acceptedQuantile({ response, failedResponse }, limit.quantile),
    rejected,
    rejectP99Sec: rejected > 0 && rejectP99 !== null ? rejectP99 / 1e6 : null,
    applicationErrors: Math.max(0, failed - rejected - timeouts - connection - ours),
    connectionFailures,
    timeouts,
  }
}

/** What should have been asked for: what the arrivals that fell due make, or what was begun where that is more. */
function offeredIn(
  generators: readonly GeneratorWindow[],
  kind: WorkKind,
  { answered, perIteration }: { readonly answered: number; readonly perIteration: number },
): number {
  const sum = (of: (window: GeneratorWindow) => number): number => generators.reduce((total, window) => total + of(window), 0)
  const planned = sum((window) => window.planned) * perIteration
  return Math.max(planned, kind === 'request' ? sum((window) => window.requestsStarted) : answered)
}

/** Whether the target said anything in the last 3 L. Without a limit: in this second. */
function heard(generators: readonly GeneratorWindow[], requests: readonly RequestWindow[], { limitSec }: LatencyLimit): boolean {
  if (requests.some(({ bytesIn }) => bytesIn > 0)) return true
  if (generators.every(({ requestsInFlight, requestsStarted }) => requestsInFlight === 0 && requestsStarted === 0)) return true
  const silence = Math.max(0, ...generators.map(({ silenceMaxMs }) => silenceMaxMs))
  return silence < 3000 * Math.min(limitSec, 1)
}

function failuresOf(windows: readonly RequestWindow[], kinds: readonly FailureKind[]): number {
  return windows.reduce((sum, { failures }) => sum + kinds.reduce((n, kind) => n + (failures[kind] ?? 0), 0), 0)
}

function statusesOf(windows: readonly RequestWindow[], wanted: (status: number) => boolean): number {
  return windows.reduce(
    (sum, { statuses }) =>
      sum + Object.entries(statuses).reduce((n, [status, count]) => n + (wanted(Number(status)) ? count : 0), 0),
    0,
  )
}

const connectionKinds: readonly (readonly [ConnectionFailure, FailureKind])[] = [
  ['refused', 'refused'],
  ['reset', 'reset'],
  ['accept-close', 'closed-early'],
  ['connect-timeout', 'timeout-connect'],
  ['tls', 'tls'],
]

function connectionFailuresOf(windows: readonly RequestWindow[]): Readonly<Partial<Record<ConnectionFailure, number>>> {
  const counts = connectionKinds.map(([name, kind]) => [name, failuresOf(windows, [kind])] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

type TargetEnd = Extract<RunEvent, { kind: 'target-ended' }>

function endsOf(data: RunData): readonly TargetEnd[] {
  return data.events.filter((event) => event.kind === 'target-ended')
}

/** The target's end in the second that begins there. V8 aborts when its heap is full, a container's kernel kills and the status is 137. */
function crashIn(ends: readonly TargetEnd[], fromSec: number): Pick<WindowFigures, 'crashed' | 'generatorLimited'> {
  const died = ends.find(({ t }) => t >= fromSec && t < fromSec + 1)
  if (died === undefined) return {}
  const outOfMemory = died.lastLines.some((line) => /heap out of memory|cannot allocate memory|OutOfMemory|ENOMEM/i.test(line))
  // However late the generator was: a process that ended has ended.
  const known = { generatorLimited: false }
  if (outOfMemory || died.code === 137) return { ...known, crashed: 'oom' }
  return { ...known, crashed: died.signal === null ? 'exit' : 'signal' }
}
