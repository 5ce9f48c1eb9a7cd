import type { FaultAction } from '../../model/fault-spec.ts'
import type { DatabaseAction } from '../../model/process-fault.ts'
import type { ActiveFault, Availability, Fault, FaultContext } from '../fault.ts'
import type { FaultDatabase } from '../places.ts'
import { exhaustConnections } from './exhaust-connections.ts'
import { killBackends } from './kill-backends.ts'
import { lockTable } from './lock-table.ts'
import { longTransaction } from './long-transaction.ts'
import { readOnly } from './read-only.ts'

export { databaseRoom } from './room.ts'

/** Those that are done in the database itself; the pool is exhausted on the link to it. */
export type ServerAction = Exclude<DatabaseAction, { kind: 'exhaust-pool' }>

type Injector<K extends ServerAction['kind']> = (
  database: FaultDatabase,
  action: Extract<ServerAction, { kind: K }>,
  context: FaultContext,
) => Promise<ActiveFault>

const injectors: { readonly [K in ServerAction['kind']]: Injector<K> } = {
  'exhaust-connections': (database, { leave }, context) => exhaustConnections(database, leave, context),
  'kill-backends': (database, { everyMs }, context) => killBackends(database, everyMs, context),
  'lock-table': (database, { table }, context) => lockTable(database, table, context),
  'long-transaction': (database, _, context) => longTransaction(database, context),
  'read-only': (database, _, context) => readOnly(database, context),
}

export function databaseFault(action: ServerAction, database: FaultDatabase): Fault {
  const inject = injectors[action.kind] as Injector<ServerAction['kind']> // each is listed under the kind that it takes
  return { probe: () => allowed(action, database), inject: (context) => inject(database, action, context) }
}

/** What a connection holds goes away with it, however we end. A setting of the server stays: so it is only changed where the server is thrown away. */
function allowed({ kind, on }: ServerAction, { isOurs }: FaultDatabase): Availability {
  if (kind !== 'read-only' || isOurs) return { state: 'available', reason: '' }
  return {
    state: 'unavailable',
    reason: `\`${on}\` was not started by proofload: a setting of its server would stay behind if proofload were killed`,
  }
}

export function isServerAction(action: FaultAction): action is ServerAction {
  return Object.hasOwn(injectors, action.kind)
}
