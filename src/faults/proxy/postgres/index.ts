import type { PostgresAction } from '../../../model/link-fault.ts'
import type { Conversation, Protocol, ProtocolConnection } from '../protocol.ts'
import { ClientSide } from './client-side.ts'
import { ServerSide } from './server-side.ts'
import { Session } from './session.ts'

const kinds: Readonly<Record<PostgresAction['kind'] | 'exhaust-pool', true>> = {
  'postgres-error': true,
  'lose-commit': true,
  'exhaust-pool': true,
}

/** PostgreSQL's protocol 3: simple queries and executions are calls, and those without an error are answered. */
export const postgres: Protocol = { has: (kind) => Object.hasOwn(kinds, kind), join }

/** As long as no toxic has to do with a connection, each chunk goes on as it came and is only looked at; else each message goes its own way. */
function join(connection: ProtocolConnection): Conversation {
  const session = new Session(connection)
  const down = new ServerSide(session, () => {
    session.becomeOpaque()
    up.becomeRaw()
    down.becomeRaw()
  })
  const up = new ClientSide(session, down)
  return {
    up,
    down,
    changed: () => {
      down.changed()
    },
    over: () => {
      session.calls.over()
      session.leave()
      down.over()
    },
  }
}
