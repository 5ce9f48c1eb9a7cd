import type { RunData } from '../../src/analysis/index.ts'
import type { AuditFound, AuditLine, AuditWork, AuditWrite } from '../../src/model/audit-record.ts'
import { parseObjective } from '../../src/plan/index.ts'
import { healthyRecord } from './healthy-record.ts'

export interface AuditedOptions {
  readonly work?: AuditWork
  /** Ids whose write was acknowledged. */
  readonly acknowledged?: readonly string[]
  /** Undefined: nobody looked. */
  readonly found?: readonly AuditFound[]
  readonly totals?: Readonly<Record<string, number>>
  readonly error?: string
  readonly objectives?: readonly string[]
}

/** A healthy run of a few seconds whose scenarios keep an audit. */
export function auditedRecord({
  work = {},
  acknowledged = [],
  found,
  totals = {},
  error,
  objectives = [],
}: AuditedOptions): RunData {
  const parsed = objectives.map((text) => parseObjective(text, 'objectives'))
  const data = healthyRecord({ seconds: 4, objectives: parsed })
  const test = 'the test'
  const hook = { hook: 'audit', test } as const
  const writes: AuditWrite[] = acknowledged.map((id) => ({ id, from: 2, to: 2.1, outcome: 'acknowledged' }))
  const lines: AuditLine[] = [
    { t: 2, kind: 'audit-work', test, worker: 0, ...work, writes: [...writes, ...(work.writes ?? [])] },
    ...Object.entries(totals).map(([counter, value]): AuditLine => ({
      t: 8,
      kind: 'audit-total',
      counter,
      value,
      from: 0,
      ...hook,
    })),
    ...(found === undefined
      ? []
      : [
          { t: 8, kind: 'audit-found' as const, ids: found, ...hook },
          { t: 8, kind: 'audit-read' as const, ids: found.length, ...(error === undefined ? {} : { error }), ...hook },
        ]),
  ]
  for (const line of lines) data.addAudit(line)
  return data
}
