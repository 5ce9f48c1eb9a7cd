import { studentQuantile } from '../probability.ts'

interface BlockOptions {
  /** For all comparisons with one of them together. */
  readonly confidence?: number
  /** Variance of a logarithm that is known from within the runs: chance must not make the rounds look more alike than that. */
  readonly leastVariance?: number
}

/** Values of several variants that were measured in the same rounds. */
interface Blocks {
  /** Geometric mean of each. */
  readonly means: readonly number[]
  /** Of variant `of` to variant `to`; no interval where a single round says nothing about noise. */
  ratio(of: number, to: number): { readonly ratio: number; readonly interval: readonly [low: number, high: number] | null }
}

/**
 * Randomised complete blocks (Fisher 1935; Montgomery, Design and Analysis of Experiments, 4.1) on logarithms: log y = variant + round + noise. What a
 * round is slower for all of them is no noise; what is left, with (variants − 1)(rounds − 1) degrees of freedom, is shared by all comparisons. Each of the
 * comparisons with one variant gets its part of the risk (Bonferroni). `values[variant][round]`, all positive.
 */
export function compareBlocks(
  values: readonly (readonly number[])[],
  { confidence = 0.95, leastVariance = 0 }: BlockOptions = {},
): Blocks {
  const logs = values.map((rounds) => rounds.map(Math.log))
  const rounds = logs[0]?.length ?? 0
  const means = logs.map(mean)
  const freedom = (logs.length - 1) * (rounds - 1)
  const roundMeans = Array.from({ length: rounds }, (_, r) => mean(logs.map((of) => of[r] ?? 0)))
  const grand = mean(means)
  let squares = 0
  for (const [v, of] of logs.entries())
    for (const [r, y] of of.entries()) squares += (y - (means[v] ?? 0) - (roundMeans[r] ?? 0) + grand) ** 2
  const variance = Math.max(leastVariance, freedom > 0 ? squares / freedom : 0)
  const comparisons = Math.max(1, logs.length - 1)
  const t = freedom > 0 ? studentQuantile(1 - (1 - confidence) / 2 / comparisons, freedom) : Infinity
  const reach = t * Math.sqrt((2 * variance) / Math.max(1, rounds))
  return {
    means: means.map(Math.exp),
    ratio(of, to) {
      const difference = (means[of] ?? 0) - (means[to] ?? 0)
      const interval = freedom > 0 ? ([Math.exp(difference - reach), Math.exp(difference + reach)] as const) : null
      return { ratio: Math.exp(difference), interval }
    },
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
