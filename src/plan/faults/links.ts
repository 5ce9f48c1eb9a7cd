import type { FaultSpec, NemesisSpec } from '../../model/fault-spec.ts'
import { isOnLink } from '../../model/on-link.ts'
import { readLinkMetric } from '../../model/link-metric.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'

export interface LinkUsers {
  readonly faults: readonly FaultSpec[] | undefined
  readonly nemesis: NemesisSpec | undefined
  /** Objectives and stop conditions. */
  readonly objectives: readonly ObjectiveSpec[]
}

/** The links that our proxy stands in during a test: those that a fault breaks, and those that are judged: their breaker, or what crosses them. */
export function linksOf({ faults = [], nemesis, objectives }: LinkUsers): readonly string[] {
  const broken = [...faults, ...(nemesis?.faults ?? [])].flatMap(({ fault }) => (isOnLink(fault) ? [fault.on] : []))
  const judged = objectives.flatMap(({ metric: { name, selector } }) =>
    selector?.kind === 'link' ? [selector.name] : (readLinkMetric(name)?.link ?? []),
  )
  return [...new Set([...broken, ...judged])]
}
