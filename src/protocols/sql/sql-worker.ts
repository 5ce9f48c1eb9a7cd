import type { SqlSpec } from '../../model/plan-spec.ts'
import type { ExchangeObserver, ProtocolOwner, ProtocolWorker } from '../protocol.ts'
import { emptySample } from '../protocol.ts'
import { Databases } from './databases.ts'
import type { Engine } from './engine.ts'
import { SqlUser } from './sql-user.ts'
import { StatementBook } from './statement-book.ts'

export interface SqlWorkerOptions {
  readonly spec: SqlSpec
  /** Of the plan, by name. */
  readonly services: Readonly<Record<string, { readonly url: string }>>
  /** Hosts (`host` or `host:port`) that statements may go to. */
  readonly allowed: readonly string[]
  readonly observer: ExchangeObserver
  /** Milliseconds on the worker's clock. */
  readonly now: () => number
}

/** The SQL of one worker thread: its pools of connections, one to each database. */
export interface SqlWorker extends ProtocolWorker {
  user(owner: ProtocolOwner): SqlUser
  readonly openConnections: number
}

export function createSqlWorker({ spec, services, allowed, observer, now }: SqlWorkerOptions): SqlWorker {
  const waiting = (change: 1 | -1): void => observer.waiting(change)
  const databases = new Databases({ spec, services, allowed, now, waiting })
  const engine: Engine = { spec, observer, now, databases, book: new StatementBook(), sample: emptySample() }
  const users = new Set<SqlUser>()
  return {
    user(owner) {
      const user = new SqlUser(engine, owner)
      users.add(user)
      return user
    },
    closeAll() {
      for (const user of users) user.abort()
      databases.closeAll()
    },
    get openConnections() {
      return databases.openConnections
    },
  }
}
