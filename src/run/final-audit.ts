import { describeValue, isRecord } from '../base/check.ts'
import { messageOf, ToolError } from '../base/errors.ts'
import { couldBeThere } from '../analysis/index.ts'
import { AuditTallies } from '../metrics/index.ts'
import type { AuditReadId, FinalAudit } from '../model/audit-context.ts'
import type { AuditFound, AuditHook } from '../model/audit-record.ts'
import type { Session } from './session.ts'

/** Ids in one line of the record. */
const idsALine = 1000

/** What one function of the plan says about what is there, on its way to the record. */
export interface OpenAudit {
  readonly context: FinalAudit
  /** Every read has come to its end, also one that the function did not wait for; fails as it did. */
  readonly settled: () => Promise<void>
  /** The function is over; `error`: it broke off. What it says from now on is not heard. */
  readonly close: (error?: unknown) => void
}

export function openFinalAudit(session: Session, hook: AuditHook): OpenAudit {
  const checks = new AuditTallies()
  const reads: Promise<void>[] = []
  let ids: number | null = null
  let isClosed = false

  const read = async (given: Iterable<AuditReadId> | AsyncIterable<AuditReadId>): Promise<void> => {
    ids ??= 0
    let line: AuditFound[] = []
    const write = (): void => {
      if (line.length > 0 && !isClosed) session.audit({ kind: 'audit-found', ids: line, ...hook })
      ids = (ids ?? 0) + line.length
      line = []
    }
    try {
      for await (const one of given) {
        line.push(foundOf(one))
        if (line.length >= idsALine) write()
      }
    } finally {
      write()
    }
  }
  const context: FinalAudit = {
    ids: { [Symbol.iterator]: () => couldBeThere(session.data.audit, hook.hook === 'audit' ? hook.test : undefined) },
    read: (given) => {
      const reading = read(given)
      reads.push(reading)
      // Told by `settled`; until then nobody may have asked.
      reading.catch(() => undefined)
      return reading
    },
    total: (counter, value, before = 0) => {
      if (!Number.isFinite(value) || !Number.isFinite(before))
        throw new ToolError(
          'PLAN_INVALID',
          `Expected audit.total('${counter}', …) to be given a number, got ${describeValue(Number.isFinite(value) ? before : value)}`,
        )
      session.audit({ kind: 'audit-total', counter, value, from: before, ...hook })
    },
    checksum: checks.checksum,
    intact: checks.intact,
    invariant: checks.invariant,
  }
  return {
    context,
    settled: async () => {
      await Promise.all(reads)
    },
    close: (error) => {
      isClosed = true
      const looked = checks.take()
      if (Object.keys(looked).length > 0) session.audit({ kind: 'audit-checks', ...looked, ...hook })
      if (hook.hook === 'audit' || ids !== null)
        session.audit({ kind: 'audit-read', ids, ...(error === undefined ? {} : { error: messageOf(error) }), ...hook })
    },
  }
}

function foundOf(one: unknown): AuditFound {
  const { id, count, version } = isRecord(one) ? one : { id: one, count: undefined, version: undefined }
  const text = typeof id === 'number' && Number.isFinite(id) ? String(id) : id
  const isCount = count === undefined || (typeof count === 'number' && Number.isInteger(count) && count >= 0)
  const isVersion = version === undefined || (typeof version === 'number' && Number.isFinite(version))
  if (typeof text !== 'string' || text === '' || !isCount || !isVersion)
    throw new ToolError(
      'PLAN_INVALID',
      `Expected audit.read(…) to be given ids (a text or a number, or { id, count, version }), got ${describeValue(one)}`,
    )
  if (count === undefined && version === undefined) return text
  return { id: text, ...(count === undefined ? {} : { count }), ...(version === undefined ? {} : { version }) }
}
