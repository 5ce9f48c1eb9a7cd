import type { CapacityResult } from '../model/capacity-result.ts'
import type { TestResult } from '../model/run-result.ts'

/** A test that searched a capacity. */
export type SearchedTest = TestResult & { readonly capacity: CapacityResult }

export function isSearched(test: TestResult): test is SearchedTest {
  return test.capacity !== undefined
}
