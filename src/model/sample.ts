import type { AttackWindow } from './attack-window.ts'

/** What the workers measure in one second of one series. Windows of the same second and series add up, in any order. */

/** A histogram in microseconds (trends: in their own unit) with exact companions. `v2` is the standard HdrHistogram V2 compressed encoding in base64 (3 digits, 1 … 3.6e9). */
export interface HistogramData {
  readonly v2: string
  readonly count: number
  readonly sum: number
  readonly sumSquares: number
  readonly min: number
  readonly max: number
  /** Values above the range, counted at its end. */
  readonly overflow: number
}

export type FailureKind =
  | 'refused'
  | 'reset'
  | 'closed-early'
  | 'timeout-connect'
  | 'timeout-first-byte'
  | 'timeout'
  | 'dns'
  | 'tls'
  | 'malformed'
  | 'status'
  | 'conflict'
  | 'too-large'
  | 'aborted'
  | 'host-not-allowed'
  | 'redirect'
  | 'exception'
  | 'assertion'

export interface RequestWindow {
  readonly kind: 'request'
  readonly name: string
  /** Requests that ended in this second, well or not. */
  readonly count: number
  readonly failed: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Answered requests: from intended start to last byte. */
  readonly response: HistogramData
  /** Those of `response` that failed all the same (a status, a broken body); absent: none. */
  readonly failedResponse?: HistogramData
  /** Of the answers with 429 and 503, those with a Retry-After; absent: none. */
  readonly retryAfter?: number
  /** Answered requests: from the first byte written to the last byte read. */
  readonly service: HistogramData
  /** Time-outs and abandoned requests: how long they had been waiting, "at least". */
  readonly censored: HistogramData
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>
  /** Answers by status code. */
  readonly statuses: Readonly<Record<string, number>>
  /** Mean phases of the requests that had them, as sums in microseconds with their counts. */
  readonly parts: Readonly<Partial<Record<RequestPart, { readonly sum: number; readonly count: number }>>>
}

export type RequestPart = 'queue' | 'dns' | 'connect' | 'tls' | 'firstByte' | 'download'

export interface StepWindow {
  readonly kind: 'step'
  readonly name: string
  readonly count: number
  readonly failed: number
  readonly response: HistogramData
  /** Those of `response` that failed; absent: none. */
  readonly failedResponse?: HistogramData
}

export interface ScenarioWindow {
  readonly kind: 'scenario'
  readonly name: string
  /** Iterations that ended in this second; `failed` of them by an exception, a failed request or a failed check. */
  readonly count: number
  readonly failed: number
  /** Ended by the stop of the load. */
  readonly interrupted: number
  /** Functions of the scenario (`start`, `run`, `stop`) that threw; absent: none. */
  readonly exceptions?: number
  /** Iteration time from its intended start, think time included. */
  readonly response: HistogramData
  /** Those of `response` that failed; absent: none. */
  readonly failedResponse?: HistogramData
  /** Actual minus intended start. */
  readonly slip: HistogramData
}

export interface CheckWindow {
  readonly kind: 'check'
  readonly name: string
  readonly passed: number
  readonly failed: number
}

export interface TrendWindow {
  readonly kind: 'trend'
  readonly name: string
  /** Values times 1000, so that three decimals survive in an integer histogram. */
  readonly values: HistogramData
}

export interface CounterWindow {
  readonly kind: 'counter'
  readonly name: string
  readonly sum: number
}

export interface GaugeWindow {
  readonly kind: 'gauge'
  readonly name: string
  readonly last: number
  readonly min: number
  readonly max: number
  readonly sum: number
  readonly count: number
}

export type SeriesWindow = RequestWindow | StepWindow | ScenarioWindow | CheckWindow | TrendWindow | CounterWindow | GaugeWindow

/** The state of the load and of the generator itself in one second of one worker: what validity is judged from. */
export interface GeneratorWindow {
  readonly kind: 'generator'
  readonly worker: number
  /** Length of this window in seconds (the last one may be short). */
  readonly lengthSec: number
  /** Users alive: time average and largest. */
  readonly usersMean: number
  readonly usersMax: number
  /** Requests in flight: integral over time (request-seconds), and largest. */
  readonly inFlightSec: number
  readonly inFlightMax: number
  /** Iterations in flight, integral over time. */
  readonly iterationsInFlightSec: number
  /** Think and pace time asked for by iterations that ended, in seconds. */
  readonly thinkSec: number
  /** Users of a closed load who are in no iteration (in `start` and `stop`, and waiting as `pace` says), integral over time, in user-seconds. */
  readonly outsideSec?: number
  /** Arrivals (open) or iteration starts (closed). `planned` are due by the end of this window and not before it began. */
  readonly planned: number
  readonly started: number
  /** Arrivals that were due but had not started at the end of this window. */
  readonly queued: number
  /** Abandoned, by cause. */
  readonly dropped: { readonly usersCap: number; readonly generator: number; readonly target: number }
  /** Seconds spent at the cap of users, and at the cap of sockets with someone waiting. */
  readonly usersCapSec: number
  readonly socketsCapSec: number
  /** Starts later than 1 ms, while no cap was reached; `sends` counts all starts. */
  readonly lateSends: number
  readonly sends: number
  /** Gaps between intended arrivals that fell due (ms): count, sum, sum of squares. */
  readonly gaps: { readonly count: number; readonly sum: number; readonly sumSquares: number }
  /** Share of one core that this worker's thread used, without the pump's own spinning; null where the kernel does not say. */
  readonly cpu: number | null
  /** Share of the time the thread wanted a core and had none; null where the kernel does not say. */
  readonly runQueueWait: number | null
  /** Event-loop utilisation without the pump's own spinning, 0..1. */
  readonly loopBusy: number
  readonly loopDelayP99Ms: number
  readonly loopDelayMaxMs: number
  readonly gcMaxMs: number
  readonly heapBytes: number
  /** Longest time with requests in flight and not a byte from any of them. */
  readonly silenceMaxMs: number
  /** Backward steps of the clock seen. */
  readonly clockBackwards: number
  /** Requests begun in this window, and in flight at its end. */
  readonly requestsStarted: number
  readonly requestsInFlight: number
}

/** A failed request, check or iteration, kept as an example (a few a kind and name). */
export interface FailureExample {
  readonly failure: FailureKind
  readonly name: string
  readonly message: string
  readonly user: number
  readonly iteration: number
  /** Run clock. */
  readonly atSec: number
}

/** Everything one worker has to say about one second. */
export interface WorkerWindow {
  readonly worker: number
  readonly test: string
  /** Start of the window on the run clock, in seconds. */
  readonly t: number
  readonly series: readonly SeriesWindow[]
  readonly generator: GeneratorWindow
  readonly examples: readonly FailureExample[]
}

/** What crossed a link of our proxy in a tenth of a second; tenths without anything are not written. */
export interface LinkWindow {
  readonly kind: 'link'
  readonly link: string
  /** Calls that began, calls that were answered well, calls that failed; the words of `LinkCounts`. */
  readonly calls: number
  readonly answered: number
  readonly failed: number
  readonly connections: number
  readonly broken: number
  /** Connections open at its end. */
  readonly open: number
  readonly bytesUp: number
  readonly bytesDown: number
  /** Of PostgreSQL: connections in use at its end, that is with a statement or a transaction that is not over. Absent: none. */
  readonly busy?: number
  /** The same over time, in connection-seconds. */
  readonly busySec?: number
  /** Of PostgreSQL: log-ins that the database refused since it had too many connections (53300). Absent: none. */
  readonly tooMany?: number
}

/** A line of `windows.ndjson`. Probe values belong to the run, everything else to a test. */
export type WindowLine =
  | ({ readonly t: number; readonly test: string } & (SeriesWindow | GeneratorWindow))
  | { readonly t: number; readonly kind: 'probe'; readonly values: Readonly<Record<string, number>> }
  | ({ readonly t: number } & LinkWindow)
  | ({ readonly t: number } & AttackWindow)
