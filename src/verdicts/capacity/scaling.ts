import { seededRandom } from '../../base/random.ts'
import type { UslResult } from '../../model/capacity-result.ts'
import type { LoadUnit } from '../../model/load-spec.ts'
import type { LoadWindows, ScalePoint, UslFit } from '../../analysis/index.ts'
import { fitUsl, kneeByPower, kneedle, uslThroughput } from '../../analysis/index.ts'
import type { ObservedTrial } from './observed.ts'
import { windowsOf } from './work.ts'
import { createTally } from '../../metrics/index.ts'

/** Streams of their own, so that no other use of the run's seed sees the same numbers. */
const kneeStream = 7_101
const bandStream = 7_102
const resamples = 200

export interface Knees {
  readonly knee: number | null
  readonly kneeInterval: readonly [number, number] | null
  readonly kneedle: number | null
}

/** D3: the load of the greatest power, and beside it Kneedle on load and p99; null where a knee cannot be told. */
export function kneesOf(trials: readonly ObservedTrial[], seed: number): Knees {
  const valid = trials.filter(isSteadyLoad)
  const power = kneeByPower(windowsByLoad(valid), { random: seededRandom(seed, kneeStream), resamples })
  const points = [...byLoad(valid)]
    .flatMap(([load, same]) => {
      const p99 = Math.max(...same.map(({ work }) => work.response.quantile(0.99) ?? 0))
      return p99 > 0 ? [{ load, p99 }] : []
    })
    .toSorted((a, b) => a.load - b.load)
  const secondary =
    points.length < 6
      ? null
      : kneedle(
          points.map(({ load }) => load),
          points.map(({ p99 }) => p99),
          { curve: 'convex', direction: 'increasing' },
        )
  return {
    knee: power.kind === 'knee' ? power.load : null,
    kneeInterval: power.kind === 'knee' ? power.interval : null,
    kneedle: secondary?.x ?? null,
  }
}

/** What follows an overload is no steady load: no knee and no law can be read from it. */
function isSteadyLoad(trial: ObservedTrial): boolean {
  return isValid(trial) && trial.record.plan.purpose !== 'hysteresis'
}

export function isValid({ voidBy }: ObservedTrial): boolean {
  return voidBy.length === 0
}

export function byLoad(trials: readonly ObservedTrial[]): ReadonlyMap<number, readonly ObservedTrial[]> {
  const groups = new Map<number, ObservedTrial[]>()
  for (const trial of trials) {
    const { load } = trial.record.plan
    groups.set(load, [...(groups.get(load) ?? []), trial])
  }
  return groups
}

function windowsByLoad(trials: readonly ObservedTrial[]): readonly LoadWindows[] {
  return [...byLoad(trials)].map(([load, same]) => {
    const goodput: number[] = []
    const latencySec: number[] = []
    for (const { record, work } of same) {
      for (let sec = 0; sec < record.view.judged.to; sec++) {
        const response = createTally()
        let failed = 0
        for (const window of windowsOf(record.view, work.kind, sec)) {
          response.add(window.response)
          failed += window.failedResponse?.count ?? 0
        }
        if (response.count === 0) continue
        goodput.push(response.count - failed)
        latencySec.push(response.sum / response.count / 1e6)
      }
    }
    return { load, goodput, latencySec }
  })
}

/**
 * The Universal Scalability Law is a law of concurrency: users in a closed model; in an open one, where the load is a rate, the mean number of
 * requests in flight, which Little's law makes of it. The line is drawn at the loads that were measured.
 */
export function uslOf(trials: readonly ObservedTrial[], unit: LoadUnit, seed: number): UslResult {
  const measured = [...byLoad(trials.filter(isSteadyLoad))].flatMap(([load, same]) => {
    const longest = same.reduce((a, b) => (b.ranSec > a.ranSec ? b : a))
    const n = unit === 'users' ? load : inFlightOf(longest)
    return n > 0 && longest.completedPerSec > 0 ? [{ load, n, x: longest.completedPerSec }] : []
  })
  const points = measured.toSorted((a, b) => a.load - b.load)
  const axis = unit === 'users' ? 'users' : 'in-flight'
  const result = fitUsl(points)
  if (result.kind === 'refused') {
    return { kind: 'refused', reason: result.reason, axis, parameters: null, peak: null, r2: null, line: [] }
  }
  const { fit } = result
  const { peakLoad, peakThroughput } = fit
  return {
    kind: 'fit',
    reason: '',
    axis,
    parameters: {
      alpha: { value: fit.alpha.value, interval: fit.alpha.interval },
      beta: { value: fit.beta.value, interval: fit.beta.interval },
      gamma: { value: fit.gamma.value, interval: fit.gamma.interval },
    },
    peak: peakLoad === null || peakThroughput === null ? null : { load: peakLoad, perSec: peakThroughput },
    r2: determination(points, fit),
    line: bandOf(points, fit, seed),
  }
}

function inFlightOf({ record, work }: ObservedTrial): number {
  // A function in process has no requests: its iterations are what is in flight.
  if (work.kind !== 'request') {
    const windows = record.view
      .generators({ from: record.view.judged.from, to: record.view.judged.to })
      .map(({ window }) => window)
    const seconds = record.view.judged.to - record.view.judged.from
    return seconds <= 0 ? 0 : windows.reduce((sum, { iterationsInFlightSec }) => sum + iterationsInFlightSec, 0) / seconds
  }
  const rows = record.view.rows({ range: record.view.judged })
  return rows.length === 0 ? 0 : rows.reduce((sum, { inFlight }) => sum + inFlight, 0) / rows.length
}

function predict(fit: UslFit, n: number): number {
  return uslThroughput(n, [fit.alpha.value, fit.beta.value, fit.gamma.value])
}

function determination(points: readonly ScalePoint[], fit: UslFit): number | null {
  const mean = points.reduce((sum, { x }) => sum + x, 0) / points.length
  const total = points.reduce((sum, { x }) => sum + (x - mean) ** 2, 0)
  return total === 0 ? null : 1 - points.reduce((sum, { n, x }) => sum + (x - predict(fit, n)) ** 2, 0) / total
}

type LoadPoint = ScalePoint & { readonly load: number }

/** 95 % band by resampling the residuals (Efron and Tibshirani 1993, section 9.4): it needs no covariance of parameters that lie on a bound. */
function bandOf(points: readonly LoadPoint[], fit: UslFit, seed: number): UslResult['line'] {
  const random = seededRandom(seed, bandStream)
  const residuals = points.map(({ n, x }) => x - predict(fit, n))
  const drawn: number[][] = points.map(() => [])
  for (let i = 0; i < resamples; i++) {
    const again = points.map(({ n }) => {
      const residual = residuals[Math.floor(random.next() * residuals.length)] ?? 0
      return { n, x: Math.max(1e-9, predict(fit, n) + residual) }
    })
    const refit = fitUsl(again)
    if (refit.kind === 'fit') for (const [j, { n }] of points.entries()) drawn[j]?.push(predict(refit.fit, n))
  }
  return points.map(({ load, n }, i) => {
    const sorted = (drawn[i] ?? []).toSorted((a, b) => a - b)
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? predict(fit, n)
    return { load, perSec: predict(fit, n), low: at(0.025), high: at(0.975) }
  })
}
