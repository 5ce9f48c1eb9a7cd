import type { LoadUnit } from './load-spec.ts'

/** What the variants of a test are compared by. `perCpuSecond`: good answers for a second of processor time of the target. */
export type VariantFigureId = 'capacity' | 'throughput' | 'p95' | 'perCpuSecond'

/** The comparison of the variants of one test. */
export interface VariantsResult {
  /** The test as the plan has it. */
  readonly test: string
  readonly rounds: number
  readonly variants: readonly VariantResult[]
  /** The first one on which a difference is shown decides which variant is best. */
  readonly figures: readonly VariantFigure[]
  readonly best: { readonly variant: string | null; readonly reason: string }
}

export interface VariantResult {
  readonly name: string
  /** Laid over the environment of the target. */
  readonly env: Readonly<Record<string, string>>
  /** The tests that it was measured by, a round each; null: not run, or not valid. */
  readonly tests: readonly { readonly name: string; readonly counts: boolean }[]
}

export interface VariantFigure {
  readonly id: VariantFigureId
  readonly unit: 'ms' | LoadUnit
  readonly better: 'more' | 'less'
  /** One a variant, in their order. */
  readonly values: readonly VariantValue[]
}

/**
 * Against the first variant: `more` and `less` are shown (the whole interval of the ratio lies beyond 1 %); `none`: none is shown, which says no more than the
 * interval; `unknown`: there is no interval that holds the noise of the machine; `reference`: it is the first.
 */
export type VariantDifference = 'reference' | 'more' | 'less' | 'none' | 'unknown'

export interface VariantValue {
  /** Geometric mean over the rounds; of a capacity, of the middle of its interval. */
  readonly value: number | null
  /** From the smallest to the largest of the rounds; of capacities, from their lowest lower end to their highest upper one (null: not found). */
  readonly low: number | null
  readonly high: number | null
  readonly ratio: number | null
  /** 95 % for all comparisons of the figure together. */
  readonly interval: readonly [low: number | null, high: number | null] | null
  readonly difference: VariantDifference
  /** Why it is not known. */
  readonly reason?: string
}
