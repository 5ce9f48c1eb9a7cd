/** One detector on one system of known truth, over many seeds. */
export interface TruthRow {
  readonly detector: string
  readonly system: string
  /** What must be said of it. */
  readonly expected: string
  readonly isBroken: boolean
  readonly seeds: readonly number[]
  /** What was said instead, and how often; all that is not as expected. */
  readonly wrong: Readonly<Record<string, number>>
  /** Largest share that may be wrong. */
  readonly promise: number
  /** Measured figures, in words. */
  readonly figures?: string
}

export interface TruthCase {
  readonly detector: string
  readonly system: string
  readonly expected: string
  readonly isBroken: boolean
  readonly promise?: number
  readonly say: (seed: number) => string
}

export function wrongOf({ wrong }: TruthRow): number {
  return Object.values(wrong).reduce((sum, count) => sum + count, 0)
}

export function runCase({ say, promise = 0, ...rest }: TruthCase, seeds: readonly number[]): TruthRow {
  const wrong: Record<string, number> = {}
  for (const seed of seeds) {
    const said = say(seed)
    if (said !== rest.expected) wrong[said] = (wrong[said] ?? 0) + 1
  }
  return { ...rest, promise, seeds, wrong }
}
