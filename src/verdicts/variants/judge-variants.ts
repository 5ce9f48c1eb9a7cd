import type { RunData } from '../../analysis/index.ts'
import type { TestSpec } from '../../model/plan-spec.ts'
import type { TestResult } from '../../model/run-result.ts'
import type { VariantSpec } from '../../model/variant-spec.ts'
import type { VariantFigure, VariantResult, VariantsResult } from '../../model/variants-result.ts'
import { bestVariant } from './best-variant.ts'
import type { DecidingFigure } from './best-variant.ts'
import { judgeFigure } from './judge-figure.ts'
import { counts, countsFor, figureKinds } from './measured.ts'

type OfVariant = TestSpec & { readonly variant: VariantSpec }

/** Compares the variants of each test that has some; undefined where none has. */
export function judgeVariants({ header }: RunData, results: readonly TestResult[]): readonly VariantsResult[] | undefined {
  const { plan, machine } = header
  const tests = plan.tests.filter((test): test is OfVariant => test.variant !== undefined)
  // Of a run with a single variant of a test there is nothing to compare.
  const isCompared = (name: string): boolean =>
    tests.some(({ variant }) => variant.of === name && variant.name !== first(tests, name))
  const names = [...new Set(tests.map(({ variant }) => variant.of))].filter(isCompared)
  if (names.length === 0) return undefined
  return names.map((name) =>
    compare(
      name,
      tests.filter(({ variant }) => variant.of === name),
      { results, cores: machine.cores },
    ),
  )
}

function first(tests: readonly OfVariant[], name: string): string | undefined {
  return tests.find(({ variant }) => variant.of === name)?.variant.name
}

function compare(
  test: string,
  specs: readonly OfVariant[],
  { results, cores }: { readonly results: readonly TestResult[]; readonly cores: number },
): VariantsResult {
  const rounds = Math.max(...specs.map(({ variant }) => variant.rounds))
  // Every other round goes backwards: the first one has them as the plan does.
  const names = specs.filter(({ variant }) => variant.round === 1).map(({ variant }) => variant.name)
  const resultOf = (name: string, round: number): TestResult | undefined => {
    const spec = specs.find(({ variant }) => variant.name === name && variant.round === round)
    return results.find((result) => result.name === spec?.name)
  }
  const perRound = names.map((name) => Array.from({ length: rounds }, (_, i) => resultOf(name, i + 1)))
  const variants = names.map((name, v): VariantResult => ({
    name,
    env: specs.find(({ variant }) => variant.name === name)?.variant.env ?? {},
    tests: (perRound[v] ?? []).flatMap((result) => (result === undefined ? [] : [{ name: result.name, counts: counts(result) }])),
  }))
  const figures = figureKinds.flatMap(({ id, better, unit, measure }): DecidingFigure[] => {
    const measured = perRound.map((all) =>
      all.map((one) => (one !== undefined && countsFor(id, one) ? measure(one, cores) : undefined)),
    )
    const first = perRound.flat().find((one) => one !== undefined)
    if (first === undefined || measured.flat().every((one) => one === undefined)) return []
    const { values, sign } = judgeFigure(measured)
    return [{ figure: { id, unit: unit(first), better, values } satisfies VariantFigure, sign }]
  })
  const passes = perRound.map((all) => all.every((one) => one?.verdict !== 'failed'))
  return { test, rounds, variants, figures: figures.map(({ figure }) => figure), best: bestVariant(names, figures, passes) }
}
