import type { TestData } from '../../analysis/index.ts'
import type { ValidityCheck } from '../../model/run-result.ts'
import { faultsOf } from '../fault-results.ts'

/** `faults-active`: each fault of the test was proven while it was to be there, and undone. What a test did not do cannot be judged. */
export function faultsActive({ test }: { readonly test: TestData }): ValidityCheck | undefined {
  const faults = faultsOf(test)
  if (faults === undefined) return undefined
  const missing = faults.filter(({ verified }) => !verified)
  const [first] = missing
  return {
    id: 'faults-active',
    title: 'Number of faults proven to be active',
    verdict: first === undefined ? 'ok' : 'void',
    value: faults.length - missing.length,
    limit: faults.length,
    unit: 'count',
    advice: first === undefined ? '' : `The fault "${first.id}" was not there as the plan has it: ${first.evidence}.`,
  }
}
