import type { ValidityCheck } from '../model/run-result.ts'
import type { CheckInput } from './validity.ts'

/** A test of suite `soak` is there to find leaks: where its length, or its requests, cannot tell, it says so. Ours. */
export function soakLength({ test, leaks }: CheckInput): ValidityCheck | undefined {
  if (test.spec.suite !== 'soak') return undefined
  const isTold = leaks?.some(({ watched, verdict }) => watched.finding === 'memory-leak' && verdict.kind !== 'unknown') ?? false
  const [open] = leaks?.filter(({ verdict }) => verdict.kind === 'unknown') ?? []
  const why = open === undefined ? 'Nothing was watched that can leak' : open.verdict.reason
  return {
    id: 'soak-length',
    title: 'Long enough to tell leaks',
    verdict: isTold ? 'ok' : 'warn',
    value: test.loadSec,
    limit: null,
    unit: 'sec',
    advice: isTold ? '' : `${why}. Let it run longer at a constant load, and show the heap on a metrics page of the target.`,
  }
}
