export interface KneedleOptions {
  /** How far the difference curve must fall before a maximum counts, in mean steps of x. */
  readonly sensitivity?: number
  readonly curve: 'concave' | 'convex'
  readonly direction: 'increasing' | 'decreasing'
  /** Goes on to the last knee instead of stopping at the first. */
  readonly online?: boolean
}

export interface Knee {
  readonly x: number
  readonly y: number
  /** Every knee that was found on the way; `online` only has more than one. */
  readonly all: readonly number[]
}

/**
 * Kneedle (Satopää, Albrecht, Irwin, Raghavan, ICDCS-W 2011): in the unit square the curve minus the diagonal has its maxima at the knees; one counts
 * when the difference falls below `maximum − S · mean |Δx|` before the next maximum. `x` ascends. Null when there is no knee. It is the
 * knee of a curve, not a capacity: report it beside the capacity only.
 */
export function kneedle(x: readonly number[], y: readonly number[], options: KneedleOptions): Knee | null {
  const { sensitivity = 1, online = false } = options
  const { xs, difference } = differenceCurve(x, y, options)
  const maxima = extremes(difference, (a, b) => a >= b)
  if (maxima.size === 0) return null
  const minima = extremes(difference, (a, b) => a <= b)
  const meanStep = xs.slice(1).reduce((sum, value, i) => sum + Math.abs(value - (xs[i] ?? 0)), 0) / (xs.length - 1)
  const all = new Set<number>()
  let found: number | null = null
  let threshold = 0
  let candidate = Math.min(...maxima)
  for (let i = candidate; i + 1 < xs.length; i++) {
    if (maxima.has(i)) {
      threshold = (difference[i] ?? 0) - sensitivity * meanStep
      candidate = i
    }
    if (minima.has(i)) threshold = 0
    if ((difference[i + 1] ?? 0) >= threshold) continue
    found = isReversed(options) ? x.length - 1 - candidate : candidate
    all.add(x[found] ?? 0)
    if (!online) break
  }
  return found === null ? null : { x: x[found] ?? 0, y: y[found] ?? 0, all: [...all].toSorted((a, b) => a - b) }
}

interface Difference {
  readonly xs: readonly number[]
  readonly difference: readonly number[]
}

/** The four shapes become one, concave and increasing, by turning the unit square over and around. */
function differenceCurve(x: readonly number[], y: readonly number[], options: KneedleOptions): Difference {
  const xs = normalise(x)
  const unit = normalise(y)
  const upright = options.curve === 'convex' ? unit.map((value) => 1 - value) : unit
  const turned = isReversed(options) ? upright.toReversed() : upright
  return { xs, difference: turned.map((value, i) => value - (xs[i] ?? 0)) }
}

function isReversed({ curve, direction }: KneedleOptions): boolean {
  return (curve === 'convex') === (direction === 'increasing')
}

function normalise(values: readonly number[]): readonly number[] {
  const low = Math.min(...values)
  const span = Math.max(...values) - low
  return values.map((value) => (value - low) / span)
}

/** Indices that are not exceeded by a neighbour; the ends have one. Plateaus count with all their points. */
function extremes(values: readonly number[], isAtLeast: (a: number, b: number) => boolean): ReadonlySet<number> {
  const found = new Set<number>()
  for (const [i, value] of values.entries()) {
    if (isAtLeast(value, values[i - 1] ?? value) && isAtLeast(value, values[i + 1] ?? value)) found.add(i)
  }
  return found
}
