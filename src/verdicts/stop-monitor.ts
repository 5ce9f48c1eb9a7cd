import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { RunData } from '../analysis/index.ts'
import { metricKind } from './metric-kind.ts'
import { StopWatch } from './stop-watch.ts'

export interface Alarm {
  /** The condition as the user wrote it (or the guard's own text). */
  readonly condition: string
  /** In the metric's base unit. */
  readonly value: number
  /** What is in danger: a search ends its trial for the target and the load, and the whole run for the host and for `run` (its time is over). */
  readonly scope: 'target' | 'host' | 'load' | 'run'
}

export interface StopMonitor {
  /** Looks at what is new in the record since the last call; call it once or twice a second while the load runs. */
  check(data: RunData, test: string, nowSec: number): Alarm | undefined
}

/**
 * Guards that hold even when a plan says nothing: a generator that drives its own machine out of memory or disk does damage that no
 * finding is worth. A tenth of the memory and a twentieth of the disk are left to others, and the generator itself takes no more than a
 * quarter of the memory: it is there to measure, and shares the machine with what it measures. Our own thresholds.
 */
export const hostGuards: readonly ObjectiveSpec[] = [
  { text: 'host.memory > 90% for 2s', metric: { name: 'host.memory' }, op: '>', value: 0.9, forSec: 2, unit: 'ratio' },
  { text: 'host.disk.free < 5% for 2s', metric: { name: 'host.disk.free' }, op: '<', value: 0.05, forSec: 2, unit: 'ratio' },
  { text: 'generator.memory > 25% for 2s', metric: { name: 'generator.memory' }, op: '>', value: 0.25, forSec: 2, unit: 'ratio' },
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
  const watches = withGuards(conditions, guards).map((condition) => new StopWatch(condition, sinceSec))
  return {
    check(data, name, nowSec) {
      const test = data.test(name)
      if (test?.loadStartSec === undefined) return undefined
      for (const watch of watches) {
        const value = watch.look({ data, test, nowSec })
        if (value !== undefined) return { condition: watch.condition.text, value, scope: scopeOf(watch.condition.metric.name) }
      }
      return undefined
    },
  }
}

/** What is watched: the plan's conditions, and each guard whose quantity none of them is about. */
export function withGuards(
  conditions: readonly ObjectiveSpec[],
  guards: readonly ObjectiveSpec[] = hostGuards,
): readonly ObjectiveSpec[] {
  const named = new Set(conditions.map((condition) => quantity(condition.metric.name)))
  return [...conditions, ...guards.filter((guard) => !named.has(quantity(guard.metric.name)))]
}

/** Used and free are two ways to say one thing. */
function quantity(metric: string): string {
  return metric.replace(/\.free$/, '')
}

function scopeOf(metric: string): Alarm['scope'] {
  const { kind } = metricKind(metric)
  if (kind === 'time') return 'run'
  if (metric.startsWith('host.') || metric.startsWith('generator.')) return 'host'
  return kind === 'named' || kind === 'growth' ? 'target' : 'load'
}
