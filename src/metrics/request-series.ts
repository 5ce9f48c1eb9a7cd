import type { FailureKind, HistogramData, RequestPart, RequestWindow } from '../model/sample.ts'
import { createHistogram } from './histogram.ts'
import type { Histogram } from './histogram.ts'
import { emptyHistogramData } from './merge.ts'

/** One finished exchange as protocols report it (`ExchangeSample`), times in milliseconds. */
export interface RequestSample {
  readonly intendedMs: number
  /** 0: nothing was written. */
  readonly sentMs: number
  readonly endMs: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** 0: no answer; 1: an answer of a protocol without statuses. */
  readonly status: number
  readonly failure: FailureKind | undefined
  readonly retryAfter: boolean
  readonly queueMs: number
  readonly dnsMs: number
  readonly connectMs: number
  readonly tlsMs: number
  readonly firstByteMs: number
  readonly downloadMs: number
}

/** Whole microseconds of a duration, at least one: nothing takes no time. */
export function toMicros(ms: number): number {
  return Math.max(1, Math.round(ms * 1000))
}

/** We know only that these would have lasted longer. */
const censoredKinds: ReadonlySet<FailureKind> = new Set(['timeout', 'timeout-connect', 'timeout-first-byte', 'aborted'])

const partNames: readonly RequestPart[] = ['queue', 'dns', 'connect', 'tls', 'firstByte', 'download']

/** A histogram that costs nothing until something is recorded. */
export class LazyHistogram {
  #histogram: Histogram | undefined

  // hot
  record(value: number): void {
    this.#histogram ??= createHistogram()
    this.#histogram.record(value)
  }

  take(): HistogramData {
    return this.#histogram === undefined || this.#histogram.count === 0 ? emptyHistogramData : this.#histogram.take()
  }

  /** A property for a window that leaves out what is empty. */
  takeAs<K extends string>(key: K): Partial<Record<K, HistogramData>> {
    // A computed key widens to a string.
    return this.#histogram === undefined || this.#histogram.count === 0
      ? {}
      : ({ [key]: this.#histogram.take() } as Record<K, HistogramData>)
  }

  get rejected(): number {
    return this.#histogram?.rejected ?? 0
  }

  destroy(): void {
    this.#histogram?.destroy()
    this.#histogram = undefined
  }
}

export class RequestSeries {
  readonly name: string
  readonly #response = new LazyHistogram()
  readonly #failedResponse = new LazyHistogram()
  readonly #service = new LazyHistogram()
  readonly #censored = new LazyHistogram()
  readonly #failures = new Map<FailureKind, number>()
  readonly #statuses = new Map<number, number>()
  readonly #partSums = new Float64Array(partNames.length)
  readonly #partCounts = new Float64Array(partNames.length)
  #count = 0
  #failed = 0
  #retryAfter = 0
  #bytesIn = 0
  #bytesOut = 0

  constructor(name: string) {
    this.name = name
  }

  // hot
  record(sample: RequestSample): void {
    this.#count++
    this.#bytesIn += sample.bytesIn
    this.#bytesOut += sample.bytesOut
    const { failure, status } = sample
    if (status > 1) this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    if (failure !== undefined) {
      this.#failed++
      this.#failures.set(failure, (this.#failures.get(failure) ?? 0) + 1)
    }
    if (failure !== undefined && censoredKinds.has(failure)) this.#censored.record(toMicros(sample.endMs - sample.intendedMs))
    else if (status > 0) {
      if (failure !== undefined) this.#failedResponse.record(toMicros(sample.endMs - sample.intendedMs))
      this.#response.record(toMicros(sample.endMs - sample.intendedMs))
      this.#service.record(toMicros(sample.endMs - (sample.sentMs > 0 ? sample.sentMs : sample.intendedMs)))
    }
    if (sample.retryAfter) this.#retryAfter++
    if (sample.queueMs > 0) this.#part(0, sample.queueMs)
    if (sample.dnsMs > 0) this.#part(1, sample.dnsMs)
    if (sample.connectMs > 0) this.#part(2, sample.connectMs)
    if (sample.tlsMs > 0) this.#part(3, sample.tlsMs)
    if (sample.firstByteMs > 0) this.#part(4, sample.firstByteMs)
    if (sample.downloadMs > 0) this.#part(5, sample.downloadMs)
  }

  #part(index: number, ms: number): void {
    this.#partSums[index] = (this.#partSums[index] ?? 0) + ms * 1000
    this.#partCounts[index] = (this.#partCounts[index] ?? 0) + 1
  }

  take(): RequestWindow | undefined {
    if (this.#count === 0) return undefined
    const parts: Partial<Record<RequestPart, { sum: number; count: number }>> = {}
    for (const [i, name] of partNames.entries()) {
      const count = this.#partCounts[i] ?? 0
      if (count > 0) parts[name] = { sum: Math.round(this.#partSums[i] ?? 0), count }
    }
    const window: RequestWindow = {
      kind: 'request',
      name: this.name,
      count: this.#count,
      failed: this.#failed,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      response: this.#response.take(),
      ...this.#failedResponse.takeAs('failedResponse'),
      ...(this.#retryAfter === 0 ? {} : { retryAfter: this.#retryAfter }),
      service: this.#service.take(),
      censored: this.#censored.take(),
      failures: Object.fromEntries(this.#failures),
      statuses: Object.fromEntries(this.#statuses),
      parts,
    }
    this.#count = this.#failed = this.#retryAfter = this.#bytesIn = this.#bytesOut = 0
    this.#failures.clear()
    this.#statuses.clear()
    this.#partSums.fill(0)
    this.#partCounts.fill(0)
    return window
  }

  destroy(): void {
    for (const histogram of [this.#response, this.#failedResponse, this.#service, this.#censored]) histogram.destroy()
  }
}
