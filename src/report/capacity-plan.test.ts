import { expect, test } from 'vitest'
import { syntheticCapacity } from '../../test/kit/synthetic-capacity.ts'
import { breakerFigures } from './capacity-plan.ts'

/** A search whose failing trials have this share of errors. */
function failingWith(errorRate: number) {
  const capacity = syntheticCapacity({})
  const trials = capacity.trials.map((trial) => ({ ...trial, errorRate: trial.verdict === 'fails' ? errorRate : 0 }))
  return breakerFigures({ ...capacity, trials })
}

test('a breaker opens half-way between the errors of healthy and of failing loads, and not at errors that come by chance', () => {
  expect(failingWith(0.2)).toMatchObject({ healthy: 0, failing: 0.2, threshold: 0.1 })
  expect(failingWith(0.0008)).toBeNull()
  expect(failingWith(0)).toBeNull()
})
