import type { RunData } from '../../analysis/index.ts'
import type { Reading } from './resource.ts'

/** Over all databases that are watched, the reading of the one that is nearest to its limit. */
export function fullest(data: RunData, read: (service: string) => Reading | undefined): Reading | undefined {
  const readings = data.header.plan.probes.flatMap((probe) => (probe.kind === 'postgres' ? (read(probe.service) ?? []) : []))
  return readings.sort((a, b) => b.share - a.share)[0]
}

export function missingDatabase({ header }: RunData, otherwise: string): string {
  const watched = header.plan.probes.some((probe) => probe.kind === 'postgres')
  return watched ? otherwise : 'a database (name it among the plan’s `services`)'
}
