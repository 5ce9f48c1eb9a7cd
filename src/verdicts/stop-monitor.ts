import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { RunData, TestData } from '../analysis/index.ts'
import { holds } from './holds.ts'
import { measureLoad } from './measure.ts'
import { metricKind } from './metric-kind.ts'
import { findProbe, growthPerSec, statisticOfPoints } from './probe-value.ts'

export interface Alarm {
  /** The condition as the user wrote it (or the guard's own text). */
  readonly condition: string
  /** In the metric's base unit. */
  readonly value: number
  readonly scope: 'target' | 'host' | 'load'
}

export interface StopMonitor {
  /** Looks at what is new in the record since the last call; call it once or twice a second while the load runs. */
  check(data: RunData, test: string, nowSec: number): Alarm | undefined
}

/**
 * Guards that hold even when a plan says nothing: a generator that drives its own machine out of memory or disk does damage that no
 * finding is worth. A condition of the plan on the same metric takes the guard's place. Our own thresholds.
 */
export const hostGuards: readonly ObjectiveSpec[] = [
  { text: 'host.memory > 90% for 2s', metric: { name: 'host.memory' }, op: '>', value: 0.9, forSec: 2, unit: 'ratio' },
  { text: 'host.disk.free < 200MB for 2s', metric: { name: 'host.disk.free' }, op: '<', value: 200e6, forSec: 2, unit: 'bytes' },
]

export interface StopMonitorOptions {
  readonly guards?: readonly ObjectiveSpec[]
  /** Seconds of the load before this are not looked at: a trial of a search is not stopped for the one before it. */
  readonly sinceSec?: number
}

/** Watches `stopWhen`: without `for`, one second in which a condition is true is enough; with it, every second that long must be. */
export function createStopMonitor(
  conditions: readonly ObjectiveSpec[],
  { guards = hostGuards, sinceSec = 0 }: StopMonitorOptions = {},
): StopMonitor {
  const named = new Set(conditions.map((condition) => condition.metric.name))
  const all = [...conditions, ...guards.filter((guard) => !named.has(guard.metric.name))]
  const watches = all.map((condition) => new Watch(condition, sinceSec))
  return {
    check(data, name) {
      const test = data.test(name)
      if (test?.loadStartSec === undefined) return undefined
      for (const watch of watches) {
        const value = watch.look(data, test)
        if (value !== undefined) return { condition: watch.condition.text, value, scope: scopeOf(watch.condition.metric.name) }
      }
      return undefined
    },
  }
}

/** One condition over time: a streak of seconds in which it was true. A second without a value ends the streak. */
class Watch {
  readonly condition: ObjectiveSpec
  #seenSec: number
  #trueSince: number | undefined
  #lastTrue = -Infinity

  constructor(condition: ObjectiveSpec, sinceSec: number) {
    this.condition = condition
    this.#seenSec = sinceSec - 1
  }

  /** The value that completes the condition, if it does. */
  look(data: RunData, test: TestData): number | undefined {
    for (const { sec, value } of this.#news(data, test)) {
      this.#seenSec = sec
      if (!holds(value, this.condition)) {
        this.#trueSince = undefined
        continue
      }
      // Probes tick about once a second; more than two and a half seconds between two values is a gap.
      if (this.#trueSince === undefined || sec - this.#lastTrue > 2.5) this.#trueSince = sec
      this.#lastTrue = sec
      // A value stands for the second that begins with it, so n of them in a row are n seconds.
      if (sec - this.#trueSince + 1 >= (this.condition.forSec ?? 1) - 0.2) return value
    }
    return undefined
  }

  #news(data: RunData, test: TestData): readonly { readonly sec: number; readonly value: number }[] {
    const { metric, overSec = 1 } = this.condition
    const kind = metricKind(metric.name)
    if (kind.kind === 'elsewhere') return []
    const probe = kind.kind === 'growth' ? { probe: kind.probe, statistic: undefined } : findProbe(metric.name, data.probeNames)
    if (kind.kind === 'growth' || (kind.kind === 'named' && probe !== undefined))
      return probe ? this.#probeNews(test, probe.probe, kind.kind === 'growth') : []
    const news: { sec: number; value: number }[] = []
    // The collector writes a second when all workers have told of it, so a second that is here is whole.
    for (let sec = Math.max(0, this.#seenSec + 1); sec < test.loadSec; sec++) {
      const range = { from: Math.max(0, sec + 1 - overSec), to: sec + 1 }
      if (test.generators({ from: sec, to: sec + 1 }).length === 0) continue
      const measured = measureLoad(metric, { test, range }, { anySamples: true })
      if (measured === undefined || measured.kind === 'too-few') this.#trueSince = undefined
      else news.push({ sec, value: measured.value })
    }
    return news
  }

  #probeNews(test: TestData, probe: string, growth: boolean): readonly { readonly sec: number; readonly value: number }[] {
    const from = Math.max(0, this.#seenSec + 1e-6)
    const { overSec } = this.condition
    return test.probe(probe, { from, to: Infinity }).flatMap((point) => {
      if (overSec === undefined && !growth) return [{ sec: point.t, value: point.value }]
      const window = test.probe(probe, { from: growth ? 0 : point.t - (overSec ?? 1) + 1e-6, to: point.t + 1e-6 })
      const value = growth ? growthPerSec(window) : statisticOfPoints(window, { kind: 'mean' })
      return value === undefined ? [] : [{ sec: point.t, value }]
    })
  }
}

function scopeOf(metric: string): Alarm['scope'] {
  if (metric.startsWith('host.')) return 'host'
  return metricKind(metric).kind === 'named' || metric.startsWith('target.') ? 'target' : 'load'
}
