import type { MonitorResult } from '../../model/monitor-result.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { ObjectiveResult } from '../../model/run-result.ts'
import { formatValue } from '../format-value.ts'
import { holds } from '../holds.ts'
import { wordObjective } from '../word-objective.ts'

/** `monitor = truthful`, `monitor.counts < 1%` or `monitor.latency < 10%`; undefined when the objective is on something else. */
export function judgeMonitorObjective(objective: ObjectiveSpec, monitor: MonitorResult | undefined): ObjectiveResult | undefined {
  const { name } = objective.metric
  if (name === 'monitor') return wordObjective(objective, monitor ?? { verdict: 'UNKNOWN', reason: untested })
  if (name !== 'monitor.counts' && name !== 'monitor.latency') return undefined
  const { text, value: limit } = objective
  const compared = name === 'monitor.counts' ? monitor?.counts : monitor?.latencies
  const actual = (name === 'monitor.counts' ? monitor?.countDeviation : monitor?.latencyDeviation) ?? null
  const common = { text, limit, unit: 'ratio', actual }
  const open = compared?.find(({ verdict }) => verdict === 'unknown')
  if (compared === undefined || actual === null || open !== undefined)
    return { ...common, actual: null, verdict: 'unknown', reason: open?.reason ?? untested }
  const worst = compared.find(({ deviation }) => deviation === actual)
  const isGood = holds(actual, objective)
  const reason = `The worst was ${formatValue(actual, 'ratio')}, of ${worst?.series ?? ''} (${worst?.statistic ?? ''}): ${worst?.reason ?? ''}`
  return { ...common, verdict: isGood ? 'pass' : 'fail', reason }
}

const untested = 'Nothing of the target’s page of metrics was compared: it takes `monitor` of the target.'
