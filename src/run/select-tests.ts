import { ToolError } from '../base/errors.ts'

interface Named {
  readonly name: string
  readonly suite: string
  readonly variant?: { readonly of: string; readonly name: string }
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
  const known = { suites: new Set(tests.map((test) => test.suite)), names: new Set(tests.flatMap(namesOf)) }
  const noSuites = suites.filter((suite) => suite !== 'all' && !known.suites.has(suite))
  const noNames = names.filter((name) => !known.names.has(name))
  if (noSuites.length > 0) throw unknown('--suite', noSuites, [...known.suites, 'all'])
  if (noNames.length > 0) throw unknown('--test', noNames, [...known.names])
  const selected = tests.filter((test) => isSelected(test, suites, names))
  if (selected.length === 0)
    throw new ToolError('OPTION_INVALID', `No test is in both --suite ${suites.join(',')} and --test ${names.join(', ')}.`, {
      hint: `The plan has: ${tests.map((test) => `${test.name} (suite ${test.suite})`).join(', ')}.`,
    })
  return selected
}

/** Nothing given selects everything. */
export function isSelected(test: Named, suites: readonly string[], names: readonly string[]): boolean {
  const isInSuite = suites.length === 0 || suites.includes('all') || suites.includes(test.suite)
  return isInSuite && (names.length === 0 || namesOf(test).some((name) => names.includes(name)))
}

/** `--test` takes all variants of a test by its name, one of them with all of its rounds, or one round. */
function namesOf({ name, variant }: Named): readonly string[] {
  return variant === undefined ? [name] : [...new Set([variant.of, `${variant.of} · ${variant.name}`, name])]
}

function unknown(option: string, values: readonly string[], known: readonly string[]): ToolError {
  const quoted = (list: readonly string[]): string => list.map((name) => `\`${name}\``).join(', ')
  return new ToolError('OPTION_INVALID', `Expected ${option} to be one of ${quoted(known)}, got ${quoted(values)}.`, {
    ...(values.includes('performance')
      ? {
          hint: "Tests with `watch` are the suite `performance`: add one to the plan, such as `watching: { watch: true, for: '60s' }`.",
        }
      : {}),
  })
}
