import type { Path, Problems } from '../base/check.ts'
import { listWords, nearest } from '../base/check.ts'
import { Fields } from './fields.ts'
import type { TestScope } from './test-scope.ts'

/** The shares of the scenarios in this test; a share of zero leaves its scenario out. */
export function mixOf(scope: TestScope, fields: Fields): Readonly<Record<string, number>> | undefined {
  const own = fields.has('mix') ? readMix(fields.problems, fields.at('mix'), fields.raw('mix'), scope.scenarioNames) : scope.mix
  const only = fields.strings('scenarios', 'a list of names of scenarios')
  for (const [index, name] of (only ?? []).entries()) {
    if (scope.scenarioNames.includes(name)) continue
    const near = nearest(name, scope.scenarioNames)
    fields.problems.add(
      [...fields.at('scenarios'), index],
      `one of ${listWords(scope.scenarioNames)}`,
      name,
      near && `Did you mean \`${near}\`?`,
    )
  }
  const names = only ?? scope.scenarioNames
  const mix = own ?? Object.fromEntries(scope.scenarioNames.map((name) => [name, 1]))
  const chosen = Object.fromEntries(Object.entries(mix).filter(([name, share]) => share > 0 && names.includes(name)))
  if (Object.keys(chosen).length > 0 || fields.has('watch')) return chosen
  // Scenarios that the plan's mix does not mention, picked by name.
  if (only !== undefined && !fields.has('mix')) return Object.fromEntries(only.map((name) => [name, 1]))
  if (scope.scenarioNames.length > 0)
    fields.problems.addText(fields.at('mix'), 'a share above zero for at least one scenario', 'none')
  return undefined
}

export function readMix(
  problems: Problems,
  path: Path,
  value: unknown,
  names: readonly string[],
): Readonly<Record<string, number>> {
  const fields = new Fields(problems, path, value, names)
  const mix: Record<string, number> = {}
  for (const name of names) {
    const share = fields.raw(name)
    if (share === undefined) continue
    if (typeof share === 'number' && Number.isFinite(share) && share >= 0) mix[name] = share
    else fields.wrong(name, 'a share, 0 or more')
  }
  return mix
}
