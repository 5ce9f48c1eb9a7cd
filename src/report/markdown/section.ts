import type { CapacityResult } from '../../model/capacity-result.ts'
import type { TestResult } from '../../model/run-result.ts'

/** A test that searched a capacity. */
export type SearchedTest = TestResult & { readonly capacity: CapacityResult }

export function isSearched(test: TestResult): test is SearchedTest {
  return test.capacity !== undefined
}

/** A name before a sentence, where several tests could mean it. */
export function named({ name }: Pick<TestResult, 'name'>, sentence: string, tests: readonly TestResult[]): string {
  return tests.length === 1 ? sentence : `“${name}”: ${sentence}`
}
