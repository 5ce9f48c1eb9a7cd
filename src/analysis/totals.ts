import type { FailureKind, RequestPart, SeriesWindow } from '../model/sample.ts'
import { createTally } from '../metrics/index.ts'
import type { Distribution, Tally } from '../metrics/index.ts'

/** The windows of one kind added up. Distributions are in microseconds (of trends: values times 1000). */
export interface TotalByKind {
  readonly request: RequestTotal
  readonly step: StepTotal
  readonly scenario: ScenarioTotal
  readonly check: { readonly passed: number; readonly failed: number }
  readonly trend: { readonly values: Distribution }
  readonly counter: { readonly sum: number; /** Windows in which it was touched. */ readonly windows: number }
  readonly gauge: GaugeTotal
}

export type SeriesKind = keyof TotalByKind

export interface RequestTotal {
  readonly count: number
  readonly failed: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly response: Distribution
  /** Those of `response` that failed all the same. */
  readonly failedResponse: Distribution
  /** Answers with 429 and 503 that said when to come back. */
  readonly retryAfter: number
  readonly service: Distribution
  readonly censored: Distribution
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>
  readonly statuses: Readonly<Record<string, number>>
  readonly parts: Readonly<Partial<Record<RequestPart, { readonly sum: number; readonly count: number }>>>
}

export interface StepTotal {
  readonly count: number
  readonly failed: number
  readonly response: Distribution
  /** Those of `response` that failed. */
  readonly failedResponse: Distribution
}

export interface ScenarioTotal extends StepTotal {
  readonly interrupted: number
  readonly exceptions: number
  readonly slip: Distribution
}

export interface GaugeTotal {
  readonly last: number | null
  readonly min: number
  readonly max: number
  readonly sum: number
  readonly count: number
}

/** Takes windows of one kind and keeps their total. */
export interface Totaller {
  add(window: SeriesWindow, sec: number): void
  readonly total: TotalByKind[SeriesKind]
}

/** Lets go of the counters of a total that will be kept. */
export function compactTotal(total: TotalByKind[SeriesKind]): void {
  for (const part of Object.values(total)) if (isTally(part)) part.compact()
}

function isTally(part: unknown): part is Tally {
  return typeof part === 'object' && part !== null && 'compact' in part
}

export function createTotaller(kind: SeriesKind): Totaller {
  switch (kind) {
    case 'request':
      return new RequestTotaller()
    case 'step':
      return new StepTotaller()
    case 'scenario':
      return new ScenarioTotaller()
    case 'check':
      return new CheckTotaller()
    case 'trend':
      return new TrendTotaller()
    case 'counter':
      return new CounterTotaller()
    case 'gauge':
      return new GaugeTotaller()
  }
}

class RequestTotaller implements Totaller {
  readonly total = {
    count: 0,
    failed: 0,
    bytesIn: 0,
    bytesOut: 0,
    response: createTally(),
    failedResponse: createTally(),
    retryAfter: 0,
    service: createTally(),
    censored: createTally(),
    failures: {} as Record<string, number>, // filled below
    statuses: {} as Record<string, number>, // filled below
    parts: {} as Record<string, { sum: number; count: number }>, // filled below
  }

  add(window: SeriesWindow): void {
    if (window.kind !== 'request') return
    const { total } = this
    total.count += window.count
    total.failed += window.failed
    total.bytesIn += window.bytesIn
    total.bytesOut += window.bytesOut
    total.response.add(window.response)
    if (window.failedResponse) total.failedResponse.add(window.failedResponse)
    total.retryAfter += window.retryAfter ?? 0
    total.service.add(window.service)
    total.censored.add(window.censored)
    addCounts(total.failures, window.failures)
    addCounts(total.statuses, window.statuses)
    for (const [name, part] of Object.entries(window.parts)) {
      const sums = (total.parts[name] ??= { sum: 0, count: 0 })
      sums.sum += part.sum
      sums.count += part.count
    }
  }
}

function addCounts(into: Record<string, number>, counts: Readonly<Partial<Record<string, number>>>): void {
  for (const [key, count] of Object.entries(counts)) into[key] = (into[key] ?? 0) + (count ?? 0)
}

class StepTotaller implements Totaller {
  readonly total = { count: 0, failed: 0, response: createTally(), failedResponse: createTally() }

  add(window: SeriesWindow): void {
    if (window.kind !== 'step') return
    this.total.count += window.count
    this.total.failed += window.failed
    this.total.response.add(window.response)
    if (window.failedResponse) this.total.failedResponse.add(window.failedResponse)
  }
}

class ScenarioTotaller implements Totaller {
  readonly total = {
    count: 0,
    failed: 0,
    interrupted: 0,
    exceptions: 0,
    response: createTally(),
    failedResponse: createTally(),
    slip: createTally(),
  }

  add(window: SeriesWindow): void {
    if (window.kind !== 'scenario') return
    this.total.count += window.count
    this.total.failed += window.failed
    this.total.interrupted += window.interrupted
    this.total.exceptions += window.exceptions ?? 0
    this.total.response.add(window.response)
    if (window.failedResponse) this.total.failedResponse.add(window.failedResponse)
    this.total.slip.add(window.slip)
  }
}

class CheckTotaller implements Totaller {
  readonly total = { passed: 0, failed: 0 }

  add(window: SeriesWindow): void {
    if (window.kind !== 'check') return
    this.total.passed += window.passed
    this.total.failed += window.failed
  }
}

class TrendTotaller implements Totaller {
  readonly total: { values: Tally } = { values: createTally() }

  add(window: SeriesWindow): void {
    if (window.kind === 'trend') this.total.values.add(window.values)
  }
}

class CounterTotaller implements Totaller {
  readonly total = { sum: 0, windows: 0 }

  add(window: SeriesWindow): void {
    if (window.kind !== 'counter') return
    this.total.sum += window.sum
    this.total.windows++
  }
}

class GaugeTotaller implements Totaller {
  readonly total = { last: null as number | null, min: 0, max: 0, sum: 0, count: 0 } // widened: it starts empty
  #lastSec = -Infinity

  add(window: SeriesWindow, sec: number): void {
    if (window.kind !== 'gauge' || window.count === 0) return
    const { total } = this
    total.min = total.count === 0 ? window.min : Math.min(total.min, window.min)
    total.max = total.count === 0 ? window.max : Math.max(total.max, window.max)
    total.sum += window.sum
    total.count += window.count
    if (sec >= this.#lastSec) {
      total.last = window.last
      this.#lastSec = sec
    }
  }
}
