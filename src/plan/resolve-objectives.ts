import type { Path, Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { ObjectiveContext } from './objective.ts'
import { describeMistake, readObjective } from './objective.ts'

/** Objectives of a plan or a test, each read; what cannot be read is a problem. */
export function resolveObjectives(
  problems: Problems,
  path: Path,
  value: unknown,
  context: ObjectiveContext,
): readonly ObjectiveSpec[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    problems.add(path, "a list such as ['p95 < 100ms']", value, typeof value === 'string' ? `Write ['${value}'].` : undefined)
    return []
  }
  return value.flatMap((text: unknown, index) => {
    const at = [...path, index]
    if (typeof text !== 'string') {
      problems.add(at, "an objective such as 'p95 < 100ms'", text)
      return []
    }
    const read = readObjective(text, context)
    if ('spec' in read) return [read.spec]
    const { expected, got, hint } = describeMistake(text, read.mistake)
    problems.addText(at, expected, got, hint)
    return []
  })
}

/** A test's list replaces the plan's; `{ extend: […] }` adds to it. */
export function overrideObjectives(options: {
  readonly problems: Problems
  readonly path: Path
  readonly value: unknown
  readonly inherited: readonly ObjectiveSpec[]
  readonly context: ObjectiveContext
}): readonly ObjectiveSpec[] {
  const { problems, path, value, inherited, context } = options
  if (value === undefined) return inherited
  if (!isRecord(value)) return resolveObjectives(problems, path, value, context)
  for (const key of Object.keys(value))
    if (key !== 'extend') problems.addText([...path, key], 'a list, or `{ extend: […] }`', `\`${key}\``)
  return [...inherited, ...resolveObjectives(problems, [...path, 'extend'], value['extend'] ?? [], context)]
}
