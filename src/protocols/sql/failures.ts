import type { AuditOutcome } from '../../model/audit-record.ts'
import type { FailureKind } from '../../model/sample.ts'
import { classifySocketError } from '../socket-failures.ts'

export interface SqlFailure {
  readonly kind: FailureKind
  readonly message: string
  /** SQLSTATE, where the database said one. */
  readonly code?: string
  /** The database answered: the time until then is an answer's. */
  readonly answered: boolean
  /** What is known of the effect. */
  readonly outcome: AuditOutcome
}

/** Serialization failure and deadlock: another transaction was in the way, the same one may do when it is tried again (PostgreSQL, 13.5). */
const conflicts: ReadonlySet<string> = new Set(['40001', '40P01'])
/** Too many connections, starting up, out of memory or disk for another one: not now. */
const notNow = /^(53|57P03$)/
/** The effect is not told: connection exceptions, and a commit that was under way when the database ended. */
const saysNothing = /^(08|40003$|57P0[1245]$)/

/** What an error means that came before a connection was there. */
export function connectFailure(error: Error): SqlFailure {
  const outcome = 'failed'
  const code = sqlStateOf(error)
  if (code !== undefined) {
    const message = described(code, error)
    return notNow.test(code)
      ? { kind: 'refused', message, code, answered: false, outcome }
      : { kind: 'status', message, code, answered: true, outcome }
  }
  // Words of the driver, when its own time for the connection is over.
  if (/^timeout expired$/.test(error.message))
    return { kind: 'timeout-connect', message: 'no connection in time', answered: false, outcome }
  return { ...classifySocketError(error, { handshaking: false }), answered: false, outcome }
}

/** What an error means that came after the statement was sent. */
export function statementFailure(error: Error): SqlFailure {
  const code = sqlStateOf(error)
  if (code === undefined) {
    const { kind, message } = ofDriver(error)
      ? { kind: 'exception' as const, message: error.message }
      : classifySocketError(error, { handshaking: false })
    return { kind, message, answered: false, outcome: 'uncertain' }
  }
  const message = described(code, error)
  const outcome = saysNothing.test(code) ? 'uncertain' : 'failed'
  // The database says good-bye, and the connection ends.
  if ('severity' in error && error.severity === 'FATAL')
    return { kind: 'closed-early', message, code, answered: false, outcome: 'uncertain' }
  return { kind: kindOf(code, error.message), message, code, answered: true, outcome }
}

function kindOf(code: string, message: string): FailureKind {
  if (conflicts.has(code)) return 'conflict'
  // 57014 is said of `statement_timeout` and of pg_cancel_backend, 55P03 of `lock_timeout` and of NOWAIT.
  if (code === '57014') return message.includes('user request') ? 'status' : 'timeout'
  if (code === '55P03') return message.includes('timeout') ? 'timeout' : 'status'
  return code.startsWith('53') ? 'refused' : 'status'
}

/** The driver itself: a value that it cannot write, a row that it cannot read. Of a connection that is gone it speaks without a code as well. */
function ofDriver(error: Error): boolean {
  return !('code' in error) && !/^Connection terminated|connection error|not queryable/.test(error.message)
}

/** Node's own codes (`EPIPE`) may look like one: the database's errors have a severity. */
function sqlStateOf(error: Error): string | undefined {
  return 'severity' in error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function described(code: string, { message }: Error): string {
  return `sql ${code}: ${message}`
}
