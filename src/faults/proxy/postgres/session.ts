import type { PostgresAction } from '../../../model/link-fault.ts'
import type { CallToxic, ProtocolConnection } from '../protocol.ts'
import { CallQueue } from './call-queue.ts'

type ErrorCode = Extract<PostgresAction, { kind: 'postgres-error' }>['code']
type PostgresKind = PostgresAction['kind'] | 'exhaust-pool'

/** What both directions of a connection know together. */
export class Session {
  readonly connection: ProtocolConnection
  readonly calls: CallQueue
  /** After log-in: outside of a transaction, in one, or in one that has failed (`ReadyForQuery`). */
  status: 'I' | 'T' | 'E' | undefined
  #isOpaque = false
  #isCounted = false
  #isGone = false

  constructor(connection: ProtocolConnection) {
    this.connection = connection
    this.calls = new CallQueue(connection.counts)
  }

  toxics(kind: PostgresKind): readonly CallToxic[] {
    return this.connection.toxics().filter(({ spec }) => spec.action.kind === kind)
  }

  /** Whether one of the errors of that code meets what is asked now. */
  meetsError(code: ErrorCode): boolean {
    return this.toxics('postgres-error').some((toxic) => {
      const { action } = toxic.spec
      return action.kind === 'postgres-error' && action.code === code && toxic.meets()
    })
  }

  /** In use: something was asked that is not answered, or a transaction is open. */
  get isBusy(): boolean {
    return !this.#isGone && (!this.calls.isEmpty || this.status === 'T' || this.status === 'E')
  }

  // hot
  /** Something was asked, or told. */
  countUse(): void {
    const { isBusy } = this
    if (isBusy === this.#isCounted) return
    this.#isCounted = isBusy
    if (isBusy) this.connection.counts.occupied()
    else this.connection.counts.freed()
  }

  /** The client has left, however it did: nobody uses the connection any more. */
  leave(): void {
    this.#isGone = true
    this.countUse()
  }

  becomeOpaque(): void {
    if (!this.#isOpaque) this.connection.counts.opaque()
    this.#isOpaque = true
  }
}
