import type { CheckWindow, CounterWindow, GaugeWindow, ScenarioWindow, StepWindow, TrendWindow } from '../model/sample.ts'
import { LazyHistogram, toMicros } from './request-series.ts'

export class StepSeries {
  readonly name: string
  readonly #response = new LazyHistogram()
  readonly #failedResponse = new LazyHistogram()
  #count = 0
  #failed = 0

  constructor(name: string) {
    this.name = name
  }

  // hot
  record(responseMs: number, failed: boolean): void {
    this.#count++
    if (failed) {
      this.#failed++
      this.#failedResponse.record(toMicros(responseMs))
    }
    this.#response.record(toMicros(responseMs))
  }

  take(): StepWindow | undefined {
    if (this.#count === 0) return undefined
    const window: StepWindow = {
      kind: 'step',
      name: this.name,
      count: this.#count,
      failed: this.#failed,
      response: this.#response.take(),
      ...this.#failedResponse.takeAs('failedResponse'),
    }
    this.#count = this.#failed = 0
    return window
  }

  destroy(): void {
    this.#response.destroy()
    this.#failedResponse.destroy()
  }
}

export type IterationOutcome = 'ok' | 'failed' | 'interrupted'

export class ScenarioSeries {
  readonly name: string
  readonly #response = new LazyHistogram()
  readonly #failedResponse = new LazyHistogram()
  readonly #slip = new LazyHistogram()
  #count = 0
  #failed = 0
  #interrupted = 0
  #exceptions = 0

  constructor(name: string) {
    this.name = name
  }

  // hot
  record(responseMs: number, slipMs: number, outcome: IterationOutcome): void {
    this.#slip.record(Math.max(0, slipMs * 1000))
    if (outcome === 'interrupted') {
      this.#interrupted++
      return
    }
    this.#count++
    if (outcome === 'failed') {
      this.#failed++
      this.#failedResponse.record(toMicros(responseMs))
    }
    this.#response.record(toMicros(responseMs))
  }

  exception(): void {
    this.#exceptions++
  }

  take(): ScenarioWindow | undefined {
    if (this.#count + this.#interrupted + this.#exceptions === 0) return undefined
    const { name } = this
    const [count, failed, interrupted, exceptions] = [this.#count, this.#failed, this.#interrupted, this.#exceptions]
    this.#count = this.#failed = this.#interrupted = this.#exceptions = 0
    return {
      kind: 'scenario',
      name,
      count,
      failed,
      interrupted,
      ...(exceptions === 0 ? {} : { exceptions }),
      response: this.#response.take(),
      ...this.#failedResponse.takeAs('failedResponse'),
      slip: this.#slip.take(),
    }
  }

  destroy(): void {
    this.#response.destroy()
    this.#failedResponse.destroy()
    this.#slip.destroy()
  }
}

export class CheckSeries {
  readonly name: string
  #passed = 0
  #failed = 0

  constructor(name: string) {
    this.name = name
  }

  // hot
  record(passed: boolean): void {
    if (passed) this.#passed++
    else this.#failed++
  }

  take(): CheckWindow | undefined {
    if (this.#passed + this.#failed === 0) return undefined
    const window: CheckWindow = { kind: 'check', name: this.name, passed: this.#passed, failed: this.#failed }
    this.#passed = this.#failed = 0
    return window
  }
}

export class TrendSeries {
  readonly name: string
  readonly #values = new LazyHistogram()

  constructor(name: string) {
    this.name = name
  }

  // hot
  record(value: number): void {
    this.#values.record(value * 1000)
  }

  take(): TrendWindow | undefined {
    const values = this.#values.take()
    return values.count === 0 ? undefined : { kind: 'trend', name: this.name, values }
  }

  destroy(): void {
    this.#values.destroy()
  }
}

export class CounterSeries {
  readonly name: string
  #sum = 0
  #touched = false

  constructor(name: string) {
    this.name = name
  }

  // hot
  record(value: number): void {
    this.#sum += value
    this.#touched = true
  }

  take(): CounterWindow | undefined {
    if (!this.#touched) return undefined
    const window: CounterWindow = { kind: 'counter', name: this.name, sum: this.#sum }
    this.#sum = 0
    this.#touched = false
    return window
  }
}

export class GaugeSeries {
  readonly name: string
  #last = 0
  #min = 0
  #max = 0
  #sum = 0
  #count = 0

  constructor(name: string) {
    this.name = name
  }

  // hot
  record(value: number): void {
    if (this.#count === 0 || value < this.#min) this.#min = value
    if (this.#count === 0 || value > this.#max) this.#max = value
    this.#last = value
    this.#sum += value
    this.#count++
  }

  take(): GaugeWindow | undefined {
    if (this.#count === 0) return undefined
    const window: GaugeWindow = {
      kind: 'gauge',
      name: this.name,
      last: this.#last,
      min: this.#min,
      max: this.#max,
      sum: this.#sum,
      count: this.#count,
    }
    this.#last = this.#min = this.#max = this.#sum = this.#count = 0
    return window
  }
}
