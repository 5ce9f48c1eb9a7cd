import { isRecord } from '../base/check.ts'

/** An alert that the target has raised or cleared. */
export interface ToldAlert {
  readonly name: string
  readonly status: 'raised' | 'cleared'
  /** Its other labels, where it has some: one name may be raised for several things. */
  readonly of?: string
}

const statuses: Readonly<Record<string, ToldAlert['status']>> = {
  firing: 'raised',
  raised: 'raised',
  resolved: 'cleared',
  cleared: 'cleared',
}

/** Ours: Alertmanager groups what belongs together, and that is never so much. */
const mostAlerts = 200
const longestName = 200

/**
 * Reads the webhook of Prometheus' Alertmanager (version 4: a list `alerts`, each with its `status`, else that of the whole, and its `labels.alertname`), a plain
 * `{ name, status }`, or a list of these. What is none of them is undefined; of a list what cannot be read is left out.
 */
export function readAlerts(body: unknown): readonly ToldAlert[] | undefined {
  const [list, status] = Array.isArray(body)
    ? [body as readonly unknown[], undefined]
    : isRecord(body) && Array.isArray(body['alerts'])
      ? [body['alerts'] as readonly unknown[], body['status']]
      : [[body], undefined]
  const alerts = list.slice(0, mostAlerts).flatMap((item) => readAlert(item, status))
  return alerts.length === 0 && list.length > 0 ? undefined : alerts
}

function readAlert(item: unknown, ofAll: unknown): readonly ToldAlert[] {
  if (!isRecord(item)) return []
  const labels = isRecord(item['labels']) ? item['labels'] : {}
  const name = text(item['name']) ?? text(labels['alertname'])
  const word = text(item['status']) ?? text(ofAll)
  const status = word !== undefined && Object.hasOwn(statuses, word) ? statuses[word] : undefined
  if (name === undefined || status === undefined) return []
  const of = labelsOf(labels)
  return [{ name, status, ...(of === '' ? {} : { of }) }]
}

function labelsOf(labels: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(labels).flatMap(([label, value]) =>
    label === 'alertname' || typeof value !== 'string' ? [] : [`${label}=${value}`],
  )
  return pairs.toSorted().join(', ').slice(0, longestName)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, longestName) : undefined
}
