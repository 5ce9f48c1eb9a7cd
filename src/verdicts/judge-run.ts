import type { RunResult } from '../model/run-result.ts'
import { resultSchema } from '../model/schema-version.ts'
import type { RunData } from '../analysis/index.ts'
import { judgeSearch } from './judge-search.ts'
import { judgeTest } from './judge-test.ts'
import { runErrors } from './run-errors.ts'
import { judgeVariants } from './variants/index.ts'
import { exitCode, runVerdict } from './verdict.ts'

/**
 * The whole result of a run from its record: `result.json`. Pure, and content with a record that breaks off: a killed run is
 * `interrupted`, with what there is.
 *
 * @example
 * const result = judgeRun(data)
 * process.exitCode = result.exitCode
 */
export function judgeRun(data: RunData): RunResult {
  const { header } = data
  const tests = data.tests.map((test) =>
    test.spec.capacity === undefined ? judgeTest(data, test) : judgeSearch(data, test, test.spec.capacity),
  )
  const variants = judgeVariants(data, tests)
  const errors = runErrors(data).map(({ code, text }) => ({ code, text }))
  const exit = exitCode({ tests: tests.map((test) => test.verdict), errors: errors.map((error) => error.code), ended: data.end })
  return {
    schema: resultSchema,
    name: header.plan.name,
    startedAt: header.startedAt,
    seed: header.seed,
    exitCode: exit,
    verdict: runVerdict(exit),
    tests,
    ...(variants === undefined ? {} : { variants }),
    fingerprint: header.plan.fingerprint,
    machine: header.machine,
    errors,
  }
}
