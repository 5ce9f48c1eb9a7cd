import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Supervisor } from '../../../src/services/index.ts'
import { startService } from '../../../src/services/index.ts'
import type { Bystander } from '../bystander.ts'
import { startBystander, statesOverTime } from '../bystander.ts'
import { freePort } from '../free-port.ts'
import type { StrangeDatabase } from './strange-database.ts'
import { strangeDatabase } from './strange-database.ts'

/** What is there before a run and must be as it was after it: runs in one lane come one after the other. */
export interface Lane {
  readonly bystander: Bystander
  readonly database: StrangeDatabase
  /** Of the dependency. */
  readonly payments: string
  /** What is not as it was; empty: all is well. */
  wrong(): Promise<readonly string[]>
  wrongWithBystander(): Promise<readonly string[]>
  close(): Promise<void>
}

export async function openLane(supervisor: Supervisor, folder: string): Promise<Lane> {
  const service = { kind: 'postgres', maxConnections: 29, settings: {} } as const
  const port = await freePort()
  const db = await startService('db', service, { supervisor, outFile: join(folder, `database-${port}.log`) })
  const database = await strangeDatabase(db.url)
  const server = createServer((_, answer) => answer.end('{ "paid": true }')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bystander = await startBystander(port)
  const condition = bystander.condition()
  const wrongWithBystander = async (): Promise<readonly string[]> => {
    const now = bystander.condition()
    return [
      ...((await statesOverTime(bystander, 30)).includes('T') ? ['the bystander is stopped'] : []),
      ...((await bystander.isWell()) ? [] : ['the bystander does not answer']),
      ...(now === condition ? [] : [`the bystander is held to something else: ${now}`]),
    ]
  }
  return {
    bystander,
    database,
    payments: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    wrongWithBystander,
    wrong: async () => [...(await wrongWithBystander()), ...(await database.wrong())],
    async close() {
      bystander.end()
      server.closeAllConnections()
      server.close()
      await db.stop()
    },
  }
}
