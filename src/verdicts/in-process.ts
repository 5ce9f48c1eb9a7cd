import type { RunData, TestData } from '../analysis/index.ts'

/** A plan without a target whose scenarios made no request: their own functions are what is tested. */
export function runsInProcess({ data, test }: { readonly data: RunData; readonly test: TestData }): boolean {
  return data.header.plan.target === undefined && test.total('request').count === 0
}
