import type { VariantFigure, VariantFigureId, VariantsResult } from '../../model/variants-result.ts'

export interface DecidingFigure {
  readonly figure: VariantFigure
  readonly sign: (of: number, to: number) => -1 | 0 | 1
}

const nouns: Readonly<Record<VariantFigureId, string>> = {
  capacity: 'capacity',
  throughput: 'throughput',
  p95: 'p95',
  perCpuSecond: 'answers a CPU second',
}

/**
 * The variant that is shown to be better than the first one, on the first figure that shows any difference in its favour. One that misses an objective is
 * not best where another holds all of them.
 */
export function bestVariant(
  names: readonly string[],
  figures: readonly DecidingFigure[],
  passes: readonly boolean[],
): VariantsResult['best'] {
  const all = names.map((_, v) => v)
  const holding = all.filter((v) => passes[v] === true)
  const candidates = holding.length > 0 ? holding : all
  const name = (v: number): string => `“${names[v] ?? ''}”`
  const others = figures.flatMap(({ figure }) => figure.values.slice(1))
  if (others.length === 0 || others.every(({ difference }) => difference === 'unknown')) {
    const reason = others.find((one) => one.reason !== undefined)?.reason ?? 'nothing was measured'
    return { variant: null, reason: `It is not known: ${reason}.` }
  }
  for (const { figure, sign } of figures) {
    const isBetter = (of: number, to: number): boolean => sign(of, to) === (figure.better === 'more' ? 1 : -1)
    const shown = candidates.filter((v) => isBetter(v, 0))
    const best = shown.reduce<number | undefined>(
      (found, v) => (found === undefined || isAhead(figure, v, found) ? v : found),
      undefined,
    )
    if (best === undefined) continue
    const equals = candidates.filter((v) => v !== best && v !== 0 && sign(best, v) === 0)
    const also = equals.length === 0 ? '' : ` Not told apart from it: ${equals.map(name).join(', ')}.`
    return {
      variant: names[best] ?? null,
      reason: `${figure.better === 'more' ? 'More' : 'Lower'} ${nouns[figure.id]} than ${name(0)}: ${ratioText(figure, best)}.${also}`,
    }
  }
  const [first = 0] = candidates
  if (first === 0) return { variant: names[0] ?? null, reason: 'No other one is shown to be better.' }
  return { variant: names[first] ?? null, reason: `${name(0)} misses an objective that this one holds.` }
}

function isAhead({ values, better }: VariantFigure, of: number, than: number): boolean {
  // Without a middle (an end that was not found) there is the end that was.
  const [a = 0, b = 0] = [of, than].map((v) => values[v]?.value ?? values[v]?.low ?? values[v]?.high ?? 0)
  return better === 'more' ? a > b : a < b
}

function ratioText({ values }: VariantFigure, v: number): string {
  const { ratio, interval } = values[v] ?? { ratio: null, interval: null }
  const [low, high] = interval ?? [null, null]
  const times = (value: number | null): string => (value === null ? '–' : value.toFixed(2))
  if (ratio !== null) return `${times(ratio)} times (95 % interval ${times(low)} to ${times(high)})`
  return low === null ? `at most ${times(high)} times` : `at least ${times(low)} times`
}
