import { ToolError } from '../base/errors.ts'

interface Named {
  readonly name: string
  readonly suite: string
}

/**
 * The tests that `--suite` and `--test` select, in the order of the plan.
 * @throws ToolError OPTION_INVALID when a name selects nothing, with the names that exist.
 */
export function selectTests<T extends Named>(
  tests: readonly T[],
  suites: readonly string[],
  names: readonly string[],
): readonly T[] {
  const known = { suite: new Set(tests.map((test) => test.suite)), test: new Set(tests.map((test) => test.name)) }
  for (const suite of suites)
    if (suite !== 'all' && !known.suite.has(suite)) throw unknown('--suite', suite, [...known.suite, 'all'])
  for (const name of names) if (!known.test.has(name)) throw unknown('--test', name, [...known.test])
  const selected = tests.filter(
    (test) =>
      (suites.length === 0 || suites.includes('all') || suites.includes(test.suite)) &&
      (names.length === 0 || names.includes(test.name)),
  )
  if (selected.length === 0)
    throw new ToolError('OPTION_INVALID', `No test is in both --suite ${suites.join(',')} and --test ${names.join(', ')}.`, {
      hint: `The plan has: ${tests.map((test) => `${test.name} (suite ${test.suite})`).join(', ')}.`,
    })
  return selected
}

function unknown(option: string, value: string, known: readonly string[]): ToolError {
  return new ToolError(
    'OPTION_INVALID',
    `Expected ${option} to be one of ${known.map((name) => `\`${name}\``).join(', ')}, got \`${value}\`.`,
  )
}
