import type { Path, Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { ScenarioSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'

export function resolveScenarios(problems: Problems, value: unknown): readonly ScenarioSpec[] {
  if (value === undefined) return []
  if (!isRecord(value)) {
    problems.add(['scenarios'], 'an object such as `{ browse }`', value)
    return []
  }
  return Object.entries(value).map(([name, item]) => {
    const path: Path = ['scenarios', name]
    if (!isRecord(item) || item['kind'] !== 'scenario') {
      problems.add(path, 'a scenario', item, 'Write scenario(async ({ http }) => { … }).')
      return { name, hasStart: false, hasStop: false }
    }
    const fields = new Fields(problems, path, item, ['kind', 'start', 'run', 'stop'])
    for (const key of ['start', 'run', 'stop'])
      if ((fields.has(key) || key === 'run') && typeof fields.raw(key) !== 'function') fields.wrong(key, 'a function')
    return { name, hasStart: fields.has('start'), hasStop: fields.has('stop') }
  })
}
