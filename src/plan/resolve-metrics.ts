import type { Problems } from '../base/check.ts'
import type { MetricSpec } from '../model/plan-spec.ts'

/** The metrics that a plan declares: one kind and unit for each name, and no name of a built-in one. */
export function resolveMetrics(problems: Problems, declared: readonly MetricSpec[]): readonly MetricSpec[] {
  const metrics = new Map<string, MetricSpec>()
  for (const metric of declared) {
    const path = [`metric.${metric.kind}('${metric.name}')`]
    const before = metrics.get(metric.name)
    if (!/^[A-Za-z_][\w-]*(\.[\w-]+)*$/.test(metric.name))
      problems.add(path, 'a name of letters, digits, `_`, `-` and `.`', metric.name)
    else if (
      /^(p\d+|mean|min|max|errors|throughput|checks|dropped|iterations|recovery|lost|capacity|headroom|degradation|(service|slip|target|host|generator|test|run|ws|tcp|deliveries|monitor)\..*|monitor|alerts)$/.test(
        metric.name,
      )
    )
      problems.add(path, 'a name that is not a built-in metric', metric.name)
    else if (before && (before.kind !== metric.kind || before.unit !== metric.unit))
      problems.addText(path, 'one kind and unit for each name', `also metric.${before.kind}('${before.name}')`)
    if (!(['ms', 'bytes', 'count'] as const).includes(metric.unit))
      problems.add(path, "a unit: 'ms', 'bytes' or 'count'", metric.unit)
    metrics.set(metric.name, metric)
  }
  return [...metrics.values()]
}
