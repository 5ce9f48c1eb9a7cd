import type { Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { AlertSpec } from '../model/alert-spec.ts'
import { Fields } from './fields.ts'
import type { MetricScope } from './objective-metrics.ts'
import { resolveObjectives } from './resolve-objectives.ts'

/** Ours: one round of a watch that looks every fifteen seconds, as Prometheus does by default. */
const defaultRaisedMs = 15_000
const defaultClearedMs = 30_000

/** What the target's alerts promise. */
export function resolveAlerts(problems: Problems, value: unknown, scope: MetricScope): readonly AlertSpec[] | undefined {
  if (value === undefined) return undefined
  if (!isRecord(value)) {
    problems.add(['alerts'], "an object such as `{ 'high latency': { when: 'p95 > 500ms' } }`", value)
    return []
  }
  return Object.entries(value).map(([name, item]) => resolveAlert(problems, name, item, scope))
}

function resolveAlert(problems: Problems, name: string, item: unknown, scope: MetricScope): AlertSpec {
  const path = ['alerts', name]
  const fields = new Fields(problems, path, item, ['when', 'during', 'raisedWithin', 'clearedWithin'])
  const condition = fields.string('when', "a condition such as 'p95 > 500ms for 5s'")
  const [when] = resolveObjectives(problems, fields.at('when'), condition === undefined ? [] : [condition], {
    ...scope,
    stopWhen: true,
  })
  const during = fields.string('during', 'the name of a phase, or the id of a fault')
  if (fields.has('when') && during !== undefined)
    problems.addText(path, 'one of `when` and `during`', 'both', 'Write `when: "… during PHASE"`.')
  if (!fields.has('when') && during === undefined)
    for (const key of ['raisedWithin', 'clearedWithin'] as const)
      if (fields.has(key))
        fields.wrong(key, `no \`${key}\` of an alert that is never to be raised: it has neither \`when\` nor \`during\``)
  return {
    name,
    ...(when === undefined ? {} : { when }),
    ...(during === undefined ? {} : { during }),
    raisedWithinSec: (fields.durationMs('raisedWithin') ?? defaultRaisedMs) / 1000,
    clearedWithinSec: (fields.durationMs('clearedWithin') ?? defaultClearedMs) / 1000,
  }
}
