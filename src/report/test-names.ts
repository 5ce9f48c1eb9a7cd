import type { TestResult } from '../model/run-result.ts'

/** A name before a sentence, where several tests could mean it. */
export function named({ name }: Pick<TestResult, 'name'>, sentence: string, tests: readonly TestResult[]): string {
  return tests.length === 1 ? sentence : `“${name}”: ${sentence}`
}

export function testNames(tests: readonly TestResult[]): string {
  return tests.map(({ name }) => `“${name}”`).join(', ')
}
