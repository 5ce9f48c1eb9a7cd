import { isRecord } from '../base/check.ts'
import type { Overlay } from './overlay.ts'
import { mergeValues } from './overlay.ts'
import { replaceLoad } from './test-form.ts'

interface Replacements {
  readonly target?: string | undefined
  readonly objectives?: readonly string[] | undefined
  readonly stopWhen?: readonly string[] | undefined
  readonly isolate?: boolean | undefined
}

/** The plan with its overlays; `--target` is one of them. */
export function overlaidPlan(
  plan: Readonly<Record<string, unknown>>,
  overlays: readonly Overlay[],
  { target, objectives = [], stopWhen = [], isolate = false }: Replacements,
): Readonly<Record<string, unknown>> {
  let merged = { ...plan }
  for (const { values } of overlays) {
    const before = merged['tests']
    // Merging two objects gives an object.
    merged = mergeValues(merged, values) as typeof merged
    merged['tests'] = overlayTests(before, values['tests'])
  }
  if (objectives.length > 0) merged['objectives'] = objectives
  if (stopWhen.length > 0) merged['stopWhen'] = stopWhen
  if (isolate) merged['isolate'] = true
  if (target === undefined) return merged
  const old = isRecord(merged['target']) ? merged['target'] : {}
  // Somebody else started it: what is known of our own process does not hold there.
  const elsewhere = Object.fromEntries(
    Object.entries(old).filter(([key]) => !['start', 'env', 'cwd', 'pid', 'port'].includes(key)),
  )
  return { ...merged, target: { ...elsewhere, url: target } }
}

/** Tests merge key by key, but a new kind of load takes the place of the old one. */
function overlayTests(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over ?? base
  const tests: Record<string, unknown> = { ...base }
  for (const [name, test] of Object.entries(over)) tests[name] = overlayTest(base[name], test)
  return tests
}

export function overlayTest(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over
  const replaced = replaceLoad(base, over)
  return Object.fromEntries(
    Object.entries(replaced).map(([key, value]) => [key, key in over && isRecord(value) ? mergeValues(base[key], value) : value]),
  )
}
