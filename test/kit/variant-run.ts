import type { RunData } from '../../src/analysis/index.ts'
import type { TestSpec } from '../../src/model/plan-spec.ts'
import type { TestResult } from '../../src/model/run-result.ts'
import { judgeRun } from '../../src/verdicts/index.ts'
import { healthyRecord } from './healthy-record.ts'

/** What one variant is measured as in one round: changes to the result of a healthy run. */
export type MeasuredAs = (healthy: TestResult, variant: string, round: number) => Partial<TestResult>

export interface VariantRunOptions {
  readonly variants: readonly string[]
  readonly rounds: number
  readonly as: MeasuredAs
  /** Rounds that were run, where not all were. */
  readonly ran?: number
}

/** A run of the variants of one test, judged from its record; what the record of each of its tests would say is given. */
export function variantRun({ variants, rounds, as, ran = rounds }: VariantRunOptions): {
  readonly data: RunData
  readonly results: readonly TestResult[]
} {
  const healthy = judgeRun(healthyRecord({ seconds: 12 })).tests[0]
  const data = healthyRecord({ seconds: 12 })
  const [spec] = data.header.plan.tests
  if (healthy === undefined || spec === undefined) throw new Error('A healthy record has a test.')
  const all = Array.from({ length: rounds }, (_, i) => i + 1).flatMap((round) => {
    const order = round % 2 === 1 ? variants : variants.toReversed()
    return order.map((name): TestSpec & Required<Pick<TestSpec, 'variant'>> => ({
      ...spec,
      name: `load · ${name} · ${round}`,
      variant: { of: 'load', name, round, rounds, env: { NAME: name } },
    }))
  })
  const results = all
    .filter(({ variant }) => variant.round <= ran)
    .map(({ name, variant }) => ({ ...healthy, name, ...as(healthy, variant.name, variant.round) }))
  return { data: { ...data, header: { ...data.header, plan: { ...data.header.plan, tests: all } } }, results }
}
