import type { SeriesWindow } from '../model/sample.ts'
import { CheckSeries, CounterSeries, GaugeSeries, ScenarioSeries, StepSeries, TrendSeries } from './other-series.ts'
import type { IterationOutcome } from './other-series.ts'
import { RequestSeries } from './request-series.ts'
import type { RequestSample } from './request-series.ts'

/** Where names beyond the cap are counted together. */
export const otherName = '(other)'

/** A worker's one sink: everything measured in a second, by name. */
export interface Recorder {
  request(name: string, sample: RequestSample): void
  step(name: string, responseMs: number, failed: boolean): void
  iteration(scenario: string, responseMs: number, slipMs: number, outcome: IterationOutcome): void
  /** A function of the scenario threw. */
  exception(scenario: string): void
  check(name: string, passed: boolean): void
  /** Values that are no finite numbers (for a trend: or negative) are counted as rejected. */
  trend(name: string, value: number): void
  counter(name: string, value: number): void
  gauge(name: string, value: number): void
  /** The series that have something in them, and an empty recorder. */
  take(): SeriesWindow[]
  /** There were more names of one kind than the cap allows. */
  readonly overflowed: boolean
  /** Metric values that were no numbers, since the start. */
  readonly rejected: number
  destroy(): void
}

export function createRecorder({ maxSeries }: { maxSeries: number }): Recorder {
  return new SeriesRecorder(maxSeries)
}

interface Series {
  take(): SeriesWindow | undefined
  destroy?(): void
}

class SeriesRecorder implements Recorder {
  overflowed = false
  rejected = 0
  readonly #maxSeries: number
  readonly #requests = new Map<string, RequestSeries>()
  readonly #steps = new Map<string, StepSeries>()
  readonly #scenarios = new Map<string, ScenarioSeries>()
  readonly #checks = new Map<string, CheckSeries>()
  readonly #trends = new Map<string, TrendSeries>()
  readonly #counters = new Map<string, CounterSeries>()
  readonly #gauges = new Map<string, GaugeSeries>()
  readonly #all: readonly ReadonlyMap<string, Series>[]

  constructor(maxSeries: number) {
    this.#maxSeries = maxSeries
    this.#all = [this.#requests, this.#steps, this.#scenarios, this.#checks, this.#trends, this.#counters, this.#gauges]
  }

  // hot
  request(name: string, sample: RequestSample): void {
    ;(this.#requests.get(name) ?? this.#open(this.#requests, name, RequestSeries)).record(sample)
  }

  // hot
  step(name: string, responseMs: number, failed: boolean): void {
    ;(this.#steps.get(name) ?? this.#open(this.#steps, name, StepSeries)).record(responseMs, failed)
  }

  // hot
  iteration(scenario: string, responseMs: number, slipMs: number, outcome: IterationOutcome): void {
    ;(this.#scenarios.get(scenario) ?? this.#open(this.#scenarios, scenario, ScenarioSeries)).record(responseMs, slipMs, outcome)
  }

  exception(scenario: string): void {
    ;(this.#scenarios.get(scenario) ?? this.#open(this.#scenarios, scenario, ScenarioSeries)).exception()
  }

  // hot
  check(name: string, passed: boolean): void {
    ;(this.#checks.get(name) ?? this.#open(this.#checks, name, CheckSeries)).record(passed)
  }

  // hot
  trend(name: string, value: number): void {
    if (!(value >= 0 && value < Infinity)) this.rejected++
    else (this.#trends.get(name) ?? this.#open(this.#trends, name, TrendSeries)).record(value)
  }

  // hot
  counter(name: string, value: number): void {
    if (!Number.isFinite(value)) this.rejected++
    else (this.#counters.get(name) ?? this.#open(this.#counters, name, CounterSeries)).record(value)
  }

  // hot
  gauge(name: string, value: number): void {
    if (!Number.isFinite(value)) this.rejected++
    else (this.#gauges.get(name) ?? this.#open(this.#gauges, name, GaugeSeries)).record(value)
  }

  #open<S extends Series>(series: Map<string, S>, name: string, Kind: new (name: string) => S): S {
    const full = series.size >= this.#maxSeries
    if (full) this.overflowed = true
    const key = full ? otherName : name
    const opened = series.get(key) ?? new Kind(key)
    series.set(key, opened)
    return opened
  }

  take(): SeriesWindow[] {
    const windows: SeriesWindow[] = []
    for (const series of this.#all) {
      for (const one of series.values()) {
        const window = one.take()
        if (window) windows.push(window)
      }
    }
    return windows
  }

  destroy(): void {
    for (const series of this.#all) for (const one of series.values()) one.destroy?.()
  }
}
