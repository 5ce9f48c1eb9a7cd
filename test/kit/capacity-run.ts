import type { RunData } from '../../src/analysis/index.ts'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import { judgeRun } from '../../src/verdicts/index.ts'
import { healthyRecord } from './healthy-record.ts'
import { syntheticCapacity } from './synthetic-capacity.ts'
import type { SyntheticCapacityOptions } from './synthetic-capacity.ts'

export interface CapacityRunOptions extends SyntheticCapacityOptions {
  readonly name?: string
  /** More of the test with the search. */
  readonly more?: Partial<TestResult>
}

/** A healthy run whose test also has the result of a search. */
export function capacityRun({ name = 'capacity', more = {}, ...search }: CapacityRunOptions = {}): {
  readonly data: RunData
  readonly result: RunResult
} {
  const limit = search.limitMs ?? 100
  const data = healthyRecord({
    seconds: 12,
    objectives: [{ text: `p95 < ${limit}ms`, metric: { name: 'p95' }, op: '<', value: limit, unit: 'ms' }],
  })
  const judged = judgeRun(data)
  const capacity = syntheticCapacity(search)
  const tests = judged.tests.map((test): TestResult => ({ ...test, name, kind: 'capacity', suite: 'stress', capacity, ...more }))
  return { data, result: { ...judged, name: `${name} plan`, tests } }
}
