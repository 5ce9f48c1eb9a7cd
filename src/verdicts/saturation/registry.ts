import { connectionPool } from './connection-pool.ts'
import { cpu } from './cpu.ts'
import { cpuCore } from './cpu-core.ts'
import { databaseConnections } from './database-connections.ts'
import { databaseCpu } from './database-cpu.ts'
import { disk } from './disk.ts'
import { eventLoop } from './event-loop.ts'
import { files } from './files.ts'
import { generator } from './generator.ts'
import { locks } from './locks.ts'
import { machine } from './machine.ts'
import { memory } from './memory.ts'
import { network } from './network.ts'
import { rateLimit } from './rate-limit.ts'
import type { Resource } from './resource.ts'
import { sockets } from './sockets.ts'

/**
 * Everything that can be the limit, causes before what they fill: a generator that is full says nothing of the target; a heap that is full keeps the
 * cores busy with collecting it; locks are held for longer where the database's CPU is full; a blocked loop is a busy core too, and all cores busy is
 * each of them busy. Of what is held: a pool waits where the database lets nobody in; connections take files; and who refuses with 429 may do so for
 * any of these.
 */
export const resources: readonly Resource[] = [
  generator,
  memory,
  databaseCpu,
  disk,
  network,
  locks,
  eventLoop,
  cpu,
  cpuCore,
  databaseConnections,
  connectionPool,
  files,
  sockets,
  rateLimit,
  machine,
]
