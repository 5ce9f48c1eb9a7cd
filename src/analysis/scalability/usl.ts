import { studentQuantile } from '../probability.ts'
import { solve } from './solve.ts'

/** Throughput at a load: N users or processors, X per second. */
export interface ScalePoint {
  readonly n: number
  readonly x: number
}

export interface Parameter {
  readonly value: number
  readonly se: number | null
  /** 95 %, t quantile; null for a parameter that lies on its bound. */
  readonly interval: readonly [low: number, high: number] | null
}

export interface UslFit {
  /** X(N) = γN / (1 + α(N−1) + βN(N−1)): contention α, coherency β, rate of one γ (Gunther 2007). */
  readonly alpha: Parameter
  readonly beta: Parameter
  readonly gamma: Parameter
  readonly residualSd: number
  /** Load at the peak, √((1−α)/β), and throughput there; null when coherency is zero: there is no retrograde point. */
  readonly peakLoad: number | null
  readonly peakThroughput: number | null
  /** γ/α and 1/α; null without contention. */
  readonly roof: number | null
  readonly optimalLoad: number | null
  /** Points more efficient than one alone, X/(γN) > 1: the model does not hold there. */
  readonly superlinear: readonly number[]
}

export type UslResult = { readonly kind: 'fit'; readonly fit: UslFit } | { readonly kind: 'refused'; readonly reason: string }

type Vector = readonly [alpha: number, beta: number, gamma: number]
type Free = readonly (0 | 1 | 2)[]

/** Fewer distinct loads than this are refused, as the reference implementations do. */
const fewestLoads = 6

/** Bounds as an active set: the best of the fits free, without coherency, without contention, and linear that lies inside the bounds. */
const activeSets: readonly Free[] = [[0, 1, 2], [0, 2], [1, 2], [2]]

export function fitUsl(points: readonly ScalePoint[]): UslResult {
  const loads = new Set(points.map(({ n }) => n)).size
  if (loads < fewestLoads) {
    return {
      kind: 'refused',
      reason: `${loads === 1 ? '1 load' : `${String(loads)} different loads`}; the fit of three parameters needs ${String(fewestLoads)}`,
    }
  }
  if (points.some(({ n, x }) => !(n > 0) || !(x > 0))) return { kind: 'refused', reason: 'A load or throughput is not positive' }
  return { kind: 'fit', fit: leastSquares(points) }
}

/** The fit without the refusal: for comparing with published numbers of short series. */
export function leastSquares(points: readonly ScalePoint[]): UslFit {
  const start: Vector = [0.01, 1e-4, Math.max(...points.map(({ n, x }) => x / n))]
  let best: { at: Vector; free: Free; sse: number } | null = null
  for (const free of activeSets) {
    const at = marquardt(points, restrict(start, free), free)
    const inside = at[0] >= 0 && at[0] <= 1 && at[1] >= 0 && at[1] <= 1 && at[2] > 0
    const sse = squares(points, at)
    if (inside && (!best || sse < best.sse)) best = { at, free, sse }
  }
  const { at, free, sse } = best ?? { at: restrict(start, [2]), free: [2] as const, sse: squares(points, restrict(start, [2])) }
  return describe(points, at, { free, sse })
}

function restrict(start: Vector, free: Free): Vector {
  return [free.includes(0) ? start[0] : 0, free.includes(1) ? start[1] : 0, start[2]]
}

export function uslThroughput(n: number, [alpha, beta, gamma]: Vector): number {
  return (gamma * n) / (1 + alpha * (n - 1) + beta * n * (n - 1))
}

/** ∂X/∂α = −X(N−1)/D, ∂X/∂β = −XN(N−1)/D, ∂X/∂γ = X/γ. */
function gradient(n: number, at: Vector): Vector {
  const [alpha, beta] = at
  const denominator = 1 + alpha * (n - 1) + beta * n * (n - 1)
  const x = uslThroughput(n, at)
  return [(-x * (n - 1)) / denominator, (-x * n * (n - 1)) / denominator, n / denominator]
}

function squares(points: readonly ScalePoint[], at: Vector): number {
  return points.reduce((sum, { n, x }) => sum + (x - uslThroughput(n, at)) ** 2, 0)
}

/** Levenberg-Marquardt with Marquardt's scaling of the diagonal (1963), over the free parameters only. */
function marquardt(points: readonly ScalePoint[], start: Vector, free: Free): Vector {
  let at = start
  let sse = squares(points, at)
  let damping = 1e-3
  for (let i = 0; i < 500 && damping < 1e12; i++) {
    const { normal, slope } = normalEquations(points, at, free)
    const step = solve(
      normal.map((row, r) => row.map((value, c) => (r === c ? value * (1 + damping) : value))),
      slope,
    )
    const tried = step ? moved(at, free, step) : at
    const next = squares(points, tried)
    if (step && next < sse) {
      const settled = sse - next <= 1e-15 * sse
      at = tried
      sse = next
      damping /= 10
      if (settled) break
    } else damping *= 10
  }
  return at
}

function moved(at: Vector, free: Free, step: readonly number[]): Vector {
  const next: [number, number, number] = [...at]
  for (const [i, parameter] of free.entries()) next[parameter] += step[i] ?? 0
  return next
}

function normalEquations(points: readonly ScalePoint[], at: Vector, free: Free) {
  const rows = points.map(({ n, x }) => {
    const full = gradient(n, at)
    return { j: free.map((parameter) => full[parameter]), r: x - uslThroughput(n, at) }
  })
  return {
    normal: free.map((_, a) => free.map((__, b) => rows.reduce((sum, { j }) => sum + (j[a] ?? 0) * (j[b] ?? 0), 0))),
    slope: free.map((_, a) => rows.reduce((sum, { j, r }) => sum + (j[a] ?? 0) * r, 0)),
  }
}

function describe(points: readonly ScalePoint[], at: Vector, { free, sse }: { free: Free; sse: number }): UslFit {
  const df = points.length - free.length
  const variance = df > 0 ? sse / df : Number.NaN
  const { normal } = normalEquations(points, at, free)
  const parameter = (which: 0 | 1 | 2): Parameter => {
    const place = free.indexOf(which)
    const value = at[which]
    const column =
      place === -1 || df <= 0
        ? null
        : solve(
            normal,
            free.map((_, i) => (i === place ? 1 : 0)),
          )
    if (!column) return { value, se: null, interval: null }
    const se = Math.sqrt((column[place] ?? Number.NaN) * variance)
    const reach = studentQuantile(0.975, df) * se
    return { value, se, interval: [value - reach, value + reach] }
  }
  const [alpha, beta, gamma] = at
  const peakLoad = beta > 0 ? Math.sqrt((1 - alpha) / beta) : null
  return {
    alpha: parameter(0),
    beta: parameter(1),
    gamma: parameter(2),
    residualSd: Math.sqrt(variance),
    peakLoad,
    peakThroughput: peakLoad === null ? null : uslThroughput(peakLoad, at),
    roof: alpha > 0 ? gamma / alpha : null,
    optimalLoad: alpha > 0 ? 1 / alpha : null,
    superlinear: points.filter(({ n, x }) => x / (gamma * n) > 1).map(({ n }) => n),
  }
}
