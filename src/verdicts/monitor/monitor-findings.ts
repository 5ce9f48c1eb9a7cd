import type { MonitorResult } from '../../model/monitor-result.ts'
import type { Finding } from '../../model/run-result.ts'
import { finding } from '../finding-catalogue.ts'
import { isBlind } from './blindness.ts'

/** A monitor can be both. */
export function monitorFindings(monitor: MonitorResult | undefined): readonly Finding[] {
  if (monitor === undefined) return []
  const { scrapes, counts, latencies } = monitor
  const lies = [...counts, ...latencies].filter(({ verdict }) => verdict === 'fail')
  const blind = `${scrapes.blind} of ${scrapes.count} looks at the page while users were served; first: ${scrapes.example ?? ''}.`
  return [
    ...(isBlind(scrapes) ? [finding('monitor-blind', blind)] : []),
    ...(lies.length === 0
      ? []
      : [finding('monitor-lies', lies.map(({ series, statistic, reason }) => `${series}, ${statistic}: ${reason}`).join(' '))]),
  ]
}
