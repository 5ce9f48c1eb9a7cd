import type { TestData } from '../analysis/index.ts'
import type { FaultResult, ValidityCheck } from '../model/run-result.ts'
import { faultsOf } from './fault-results.ts'

/** `faults-crossed`: somebody met each fault of a link. A fault that nobody crossed shows nothing of the service. */
export function faultsCrossed({ test }: { readonly test: TestData }): ValidityCheck | undefined {
  const { links = [] } = test.spec
  const counted = begun(test).filter(({ verified, crossed, on }) => verified && (crossed !== null || links.includes(on ?? '')))
  if (counted.length === 0) return undefined
  const isMet = ({ crossed, on = '' }: FaultResult): boolean => (crossed === null ? isUsed(test, on) : crossed > 0)
  const missed = counted.find((fault) => !isMet(fault))
  return {
    id: 'faults-crossed',
    title: 'Number of faults that a request or connection met',
    verdict: missed === undefined ? 'ok' : 'void',
    value: counted.filter(isMet).length,
    limit: counted.length,
    unit: 'count',
    advice:
      missed === undefined
        ? ''
        : `No request or connection met the fault "${missed.id}": the test says nothing of it. Does the target use the address that \`env\` gives it, and does the load ask for what needs ${missed.on ?? 'it'}?`,
  }
}

/** `faults-undone`: nothing is left of any fault. What was measured after one that is still there was measured with it. */
export function faultsUndone({ test }: { readonly test: TestData }): ValidityCheck | undefined {
  const injected = begun(test)
  if (injected.length === 0) return undefined
  const left = injected.find(({ reverted, verified }) => verified && !reverted)
  return {
    id: 'faults-undone',
    title: 'Number of faults that are gone',
    verdict: left === undefined ? 'ok' : 'void',
    value: injected.filter(({ reverted, verified }) => reverted || !verified).length,
    limit: injected.length,
    unit: 'count',
    advice:
      left === undefined
        ? ''
        : `The fault "${left.id}" was not seen to be gone: ${left.evidence}. \`proofload doctor\` mends what is left.`,
  }
}

/** Connects that are refused or never answered are counted by nobody: then whoever used the link in this test would have met the fault. */
function isUsed(test: TestData, link: string): boolean {
  return test.link(link).some(({ connections, calls }) => connections + calls > 0)
}

function begun(test: TestData): readonly FaultResult[] {
  return (faultsOf(test) ?? []).filter(({ at }) => at !== null)
}
