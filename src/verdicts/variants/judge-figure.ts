import { compareBlocks } from '../../analysis/index.ts'
import type { VariantDifference, VariantValue } from '../../model/variants-result.ts'
import type { Measured } from './measured.ts'

/** `[variant][round]`; undefined: not measured. */
type Rounds = readonly (readonly (Measured | undefined)[])[]

interface JudgedFigure {
  readonly values: readonly VariantValue[]
  /** Whether a difference between two of them is shown: 1, -1, or 0 where none is. */
  readonly sign: (of: number, to: number) => -1 | 0 | 1
}

/** What is less than this is of no interest (as in Criterion.rs, which takes 1 % for noise). */
const interesting = 1.01

type Ratio = Pick<VariantValue, 'ratio' | 'interval'>

/** Compares each variant with the first one. */
export function judgeFigure(rounds: Rounds): JudgedFigure {
  const usable = (rounds[0] ?? []).flatMap((one, r) => (one === undefined ? [] : [r]))
  const at = (v: number): readonly Measured[] => usable.flatMap((r) => rounds[v]?.[r] ?? [])
  const complete = rounds.flatMap((_, v) => (usable.length > 0 && at(v).length === usable.length ? [v] : []))
  const ratio = complete.every((v) => at(v).every(isClosed))
    ? inBlocks(complete, at)
    : (of: number, to: number) => byEnds(at(of), at(to))
  const isRepeated = usable.length > 1
  const sign = (of: number, to: number): -1 | 0 | 1 =>
    isRepeated && complete.includes(of) && complete.includes(to) ? signOf(ratio(of, to)) : 0

  const values = rounds.map((all, v): VariantValue => {
    const known = all.flatMap((one) => one ?? [])
    const range = { ...rangeOf(known), value: middleOf(known) }
    if (v === 0) return { ...range, ratio: known.length > 0 ? 1 : null, interval: null, difference: 'reference' }
    if (known.length === 0) return { ...range, ...unknown, reason: 'it was not measured' }
    if (usable.length === 0) return { ...range, ...unknown, reason: 'the first variant was not measured' }
    if (!complete.includes(v)) return { ...range, ...unknown, reason: 'it was not measured in every round' }
    const compared = ratio(v, 0)
    if (!isRepeated)
      return {
        ...range,
        ...compared,
        difference: 'unknown',
        reason: 'one round does not tell a difference from the noise of the machine',
      }
    return { ...range, ...compared, difference: differenceOf(sign(v, 0)) }
  })
  return { values, sign }
}

const unknown = { ratio: null, interval: null, difference: 'unknown' } as const

function differenceOf(sign: -1 | 0 | 1): VariantDifference {
  return sign > 0 ? 'more' : sign < 0 ? 'less' : 'none'
}

function signOf({ interval }: Ratio): -1 | 0 | 1 {
  const [low, high] = interval ?? [null, null]
  if (low !== null && low > interesting) return 1
  return high !== null && high < 1 / interesting ? -1 : 0
}

interface Closed extends Measured {
  readonly low: number
  readonly high: number
}

function isClosed(one: Measured): one is Closed {
  return one.low !== null && one.high !== null
}

/** By the noise between the rounds; the search tells a capacity only to within its interval, which repeating does not narrow: it is added. */
function inBlocks(complete: readonly number[], at: (variant: number) => readonly Measured[]): (of: number, to: number) => Ratio {
  const closed = complete.map((v) => at(v).filter(isClosed))
  const all = closed.flat()
  const leastVariance = all.reduce((sum, { variance }) => sum + variance, 0) / Math.max(1, all.length)
  const blocks = compareBlocks(
    closed.map((some) => some.map(({ low, high }) => Math.sqrt(low * high))),
    { leastVariance },
  )
  const halfWidth = (v: number): number => {
    const some = closed[v] ?? []
    return some.reduce((sum, { low, high }) => sum + Math.log(high / low) / 2, 0) / Math.max(1, some.length)
  }
  return (of, to) => {
    const [a, b] = [complete.indexOf(of), complete.indexOf(to)]
    const { ratio, interval } = blocks.ratio(a, b)
    const wider = Math.exp(halfWidth(a) + halfWidth(b))
    if (interval !== null) return { ratio, interval: [interval[0] / wider, interval[1] * wider] }
    return { ratio, interval: wider > 1 ? [ratio / wider, ratio * wider] : null }
  }
}

/** Where an end is missing there is no middle: what every round leaves possible. */
function byEnds(of: readonly Measured[], to: readonly Measured[]): Ratio {
  const lows = of.map(({ low }, i) => quotient(low, to[i]?.high))
  const highs = of.map(({ high }, i) => quotient(high, to[i]?.low))
  return { ratio: null, interval: [extreme(lows, Math.min), extreme(highs, Math.max)] }
}

function quotient(a: number | null, b: number | null | undefined): number | null {
  return a === null || b === null || b === undefined ? null : a / b
}

function extreme(values: readonly (number | null)[], of: (...values: number[]) => number): number | null {
  const known = values.flatMap((value) => (value === null ? [] : [value]))
  return known.length < values.length || known.length === 0 ? null : of(...known)
}

function rangeOf(known: readonly Measured[]): Pick<VariantValue, 'low' | 'high'> {
  return {
    low: extreme(
      known.map(({ low }) => low),
      Math.min,
    ),
    high: extreme(
      known.map(({ high }) => high),
      Math.max,
    ),
  }
}

function middleOf(known: readonly Measured[]): number | null {
  const closed = known.filter(isClosed)
  if (closed.length === 0 || closed.length < known.length) return null
  return Math.exp(closed.reduce((sum, { low, high }) => sum + Math.log(low * high) / 2, 0) / closed.length)
}
