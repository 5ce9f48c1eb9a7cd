import type { GaugeWindow, HistogramData, RequestWindow, ScenarioWindow, SeriesWindow, StepWindow } from '../model/sample.ts'
import { mergeHistogramData } from './merge.ts'

/** The windows of several workers for one second: one window a series, exactly as if one worker had seen everything. */
export function mergeSeriesWindows(windows: readonly SeriesWindow[]): SeriesWindow[] {
  const bySeries = new Map<string, SeriesWindow[]>()
  for (const window of windows) {
    const key = `${window.kind} ${window.name}`
    const same = bySeries.get(key)
    if (same) same.push(window)
    else bySeries.set(key, [window])
  }
  return Array.from(bySeries.values(), mergeSame)
}

/** Also of a single window: its histograms come stored and leave compressed. */
function mergeSame(windows: readonly SeriesWindow[]): SeriesWindow {
  const [first] = windows
  if (first === undefined) throw new Error('nothing to merge')
  switch (first.kind) {
    case 'request':
      return mergeRequests(first, only(windows, 'request'))
    case 'step':
      return mergeSteps(first, only(windows, 'step'))
    case 'scenario':
      return mergeScenarios(first, only(windows, 'scenario'))
    case 'check': {
      const checks = only(windows, 'check')
      return { ...first, passed: total(checks, (w) => w.passed), failed: total(checks, (w) => w.failed) }
    }
    case 'trend':
      return { ...first, values: mergeHistogramData(only(windows, 'trend').map((w) => w.values)) }
    case 'counter':
      return { ...first, sum: total(only(windows, 'counter'), (w) => w.sum) }
    case 'gauge':
      return mergeGauges(first, only(windows, 'gauge'))
  }
}

function only<K extends SeriesWindow['kind']>(windows: readonly SeriesWindow[], kind: K): Extract<SeriesWindow, { kind: K }>[] {
  return windows.filter((w): w is Extract<SeriesWindow, { kind: K }> => w.kind === kind)
}

function total<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((sum, item) => sum + of(item), 0)
}

function mergeRequests(first: RequestWindow, windows: readonly RequestWindow[]): RequestWindow {
  return {
    kind: 'request',
    name: first.name,
    count: total(windows, (w) => w.count),
    failed: total(windows, (w) => w.failed),
    bytesIn: total(windows, (w) => w.bytesIn),
    bytesOut: total(windows, (w) => w.bytesOut),
    response: mergeHistogramData(windows.map((w) => w.response)),
    ...mergeFailed(windows),
    service: mergeHistogramData(windows.map((w) => w.service)),
    censored: mergeHistogramData(windows.map((w) => w.censored)),
    ...mergeRetryAfter(windows),
    failures: mergeCounts(windows.map((w) => w.failures)),
    statuses: mergeCounts(windows.map((w) => w.statuses)),
    parts: mergeParts(windows.map((w) => w.parts)),
  }
}

function mergeSteps(first: StepWindow, windows: readonly StepWindow[]): StepWindow {
  return {
    ...first,
    count: total(windows, (w) => w.count),
    failed: total(windows, (w) => w.failed),
    response: mergeHistogramData(windows.map((w) => w.response)),
    ...mergeFailed(windows),
  }
}

function mergeScenarios(first: ScenarioWindow, windows: readonly ScenarioWindow[]): ScenarioWindow {
  const exceptions = total(windows, (w) => w.exceptions ?? 0)
  return {
    ...first,
    count: total(windows, (w) => w.count),
    failed: total(windows, (w) => w.failed),
    interrupted: total(windows, (w) => w.interrupted),
    ...(exceptions === 0 ? {} : { exceptions }),
    response: mergeHistogramData(windows.map((w) => w.response)),
    ...mergeFailed(windows),
    slip: mergeHistogramData(windows.map((w) => w.slip)),
  }
}

function mergeFailed(windows: readonly { readonly failedResponse?: HistogramData }[]): { failedResponse?: HistogramData } {
  const some = windows.flatMap(({ failedResponse }) => (failedResponse === undefined ? [] : [failedResponse]))
  return some.length === 0 ? {} : { failedResponse: mergeHistogramData(some) }
}

function mergeRetryAfter(windows: readonly RequestWindow[]): { retryAfter?: number } {
  const retryAfter = total(windows, (w) => w.retryAfter ?? 0)
  return retryAfter === 0 ? {} : { retryAfter }
}

/** Which worker set a gauge last is not known: the last window in the list has the last word. */
function mergeGauges(first: GaugeWindow, windows: readonly GaugeWindow[]): GaugeWindow {
  return {
    ...first,
    last: windows.at(-1)?.last ?? first.last,
    min: Math.min(...windows.map((w) => w.min)),
    max: Math.max(...windows.map((w) => w.max)),
    sum: total(windows, (w) => w.sum),
    count: total(windows, (w) => w.count),
  }
}

/** Adds up counters by key. */
export function mergeCounts(list: readonly Readonly<Partial<Record<string, number>>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const counts of list) for (const [key, count] of Object.entries(counts)) sums[key] = (sums[key] ?? 0) + (count ?? 0)
  return sums
}

/** Adds up the parts of requests. */
export function mergeParts(list: readonly RequestWindow['parts'][]): RequestWindow['parts'] {
  const sums: Record<string, { sum: number; count: number }> = {}
  for (const parts of list) {
    for (const [name, part] of Object.entries(parts)) {
      const before = sums[name]
      sums[name] = { sum: (before?.sum ?? 0) + part.sum, count: (before?.count ?? 0) + part.count }
    }
  }
  return sums
}
