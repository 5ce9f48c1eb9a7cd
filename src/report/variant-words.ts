import type { RunResult } from '../model/run-result.ts'
import type { VariantFigure, VariantFigureId, VariantsResult, VariantValue } from '../model/variants-result.ts'
import { loadText } from './capacity-words.ts'
import { digits, ms, unknown } from './numbers.ts'

/** The comparison of the variants of one test, in the words of all reports. */
export interface VariantWords {
  readonly test: string
  readonly best: string
  readonly how: string
  readonly figures: readonly FigureWords[]
}

export interface FigureWords {
  readonly title: string
  readonly rows: readonly VariantRow[]
  /** Why something is not known. */
  readonly notes: readonly string[]
}

interface VariantRow {
  readonly name: string
  readonly value: string
  readonly ratio: string
  readonly interval: string
  readonly difference: string
  readonly verdict: 'better' | 'worse' | 'none' | 'unknown' | 'reference'
}

const titles: Readonly<Record<VariantFigureId, string>> = {
  capacity: 'Capacity',
  throughput: 'Throughput',
  p95: 'p95',
  perCpuSecond: 'Answers a CPU second',
}

export const variantHeadings = ['Variant', 'Measured', 'Ratio to the first', '95 % interval', 'Difference'] as const

/** What is said of the variants of a run; empty where it compared none. */
export function variantWords({ variants = [] }: Pick<RunResult, 'variants'>): readonly VariantWords[] {
  return variants.map((one) => ({
    test: one.test,
    best: one.best.variant === null ? one.best.reason : `“${one.best.variant}”. ${one.best.reason}`,
    how: howOf(one),
    figures: one.figures.map((figure) => ({
      title: titles[figure.id],
      rows: figure.values.map((value, v) => rowOf(one.variants[v]?.name ?? '', value, figure)),
      notes: notesOf(figure, one),
    })),
  }))
}

/** Each reason once, with the variants that it is about. */
function notesOf({ values }: VariantFigure, { variants }: VariantsResult): string[] {
  const byReason = new Map<string, string[]>()
  for (const [v, { reason }] of values.entries())
    if (reason !== undefined) byReason.set(reason, [...(byReason.get(reason) ?? []), `“${variants[v]?.name ?? ''}”`])
  return [...byReason].map(([reason, names]) => `${names.join(', ')}: ${reason}.`)
}

/** More names than that are no sentence. */
const mostNamed = 3

function howOf({ rounds, variants }: VariantsResult): string {
  const environments = variants.flatMap(({ name, env }) => {
    const words = Object.entries(env).map(([key, value]) => `${key}=${value}`)
    return words.length === 0 ? [] : [`“${name}”: ${words.join(', ')}`]
  })
  const tests = variants.flatMap((variant) => variant.tests)
  const left = tests.flatMap((test) => (test.counts ? [] : [`“${test.name}”`]))
  return [
    rounds === 1 ? 'One round.' : `${rounds} rounds, interleaved, every other one backwards.`,
    `The target with ${environments.join('; ') || 'nothing changed'}.`,
    ...(left.length === 0
      ? []
      : [
          `Left out, as not valid or not complete: ${left.length > mostNamed ? `${left.length} of the ${tests.length} tests` : left.join(', ')}. Where its times alone are in doubt, a test still counts for the processor time.`,
        ]),
  ].join(' ')
}

function rowOf(name: string, value: VariantValue, figure: VariantFigure): VariantRow {
  const { ratio, interval, difference } = value
  const [low, high] = interval ?? [null, null]
  const verdict =
    difference === 'more' || difference === 'less' ? (difference === figure.better ? 'better' : 'worse') : difference
  const words = { better: 'better', worse: 'worse', none: 'none shown', reference: '', unknown: 'not known' }
  return {
    name,
    value: measured(value, figure),
    ratio: ratio === null ? unknown : ratio.toFixed(2),
    interval: interval === null ? '' : between(times(low), times(high)),
    difference: words[verdict],
    verdict,
  }
}

/** A capacity by its ends, anything else by its mean and, of several rounds, their range. */
function measured({ value, low, high }: VariantValue, { id, unit }: VariantFigure): string {
  const text = (one: number | null): string | null =>
    one === null ? null : unit === 'ms' ? ms(one) : loadText(rounded(one), unit)
  if (id === 'capacity') return between(text(low), text(high))
  const range = low === high || low === null || high === null ? '' : ` (${digits(low)} – ${digits(high)})`
  return `${text(value) ?? unknown}${range}`
}

function rounded(load: number): number {
  return load >= 100 ? Math.round(load) : load
}

function times(value: number | null): string | null {
  return value === null ? null : value.toFixed(2)
}

function between(low: string | null, high: string | null): string {
  if (low === null) return high === null ? unknown : `below ${high}`
  return high === null ? `${low} or more` : `${low} – ${high}`
}
