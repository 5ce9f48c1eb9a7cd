import type { Client } from 'pg'
import { ToolError, messageOf } from '../../base/errors.ts'
import type { ControlledProcess } from '../controlled-process.ts'
import type { RestorableData } from '../running-service.ts'
import { database } from './cluster.ts'
import { databaseClient } from './database-client.ts'

/** `CREATE DATABASE … TEMPLATE` copies it file by file. */
const template = `${database}_template`

export interface TemplateOptions {
  readonly name: string
  /** Of our database. */
  readonly url: string
  readonly process: ControlledProcess
}

/** Puts the data of a database back by making it anew from a copy. Its URL, and all that was told of it, stays the same. */
export function templateDatabase({ name, url, process }: TemplateOptions): RestorableData {
  /** From another database of the server, after a restart: connections to ours are gone, and each test finds a server with equally cold caches. */
  const alone = async (what: string, work: (admin: Client) => Promise<void>): Promise<void> => {
    const elsewhere = new URL(url)
    elsewhere.pathname = '/postgres'
    const admin = databaseClient(elsewhere.href)
    admin.on('error', () => undefined)
    try {
      await process.startAfresh?.()
      await admin.connect()
      await work(admin)
    } catch (thrown) {
      throw new ToolError(
        'SERVICE_NOT_STARTED',
        `The data of the service \`${name}\` could not be ${what}: ${messageOf(thrown)}.`,
        {
          where: `services.${name}`,
          cause: thrown,
        },
      )
    } finally {
      await admin.end().catch(() => undefined)
    }
  }
  return {
    keep: () =>
      alone('kept', async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
        await admin.query(`CREATE DATABASE ${template} TEMPLATE ${database}`)
        await admin.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`)
      }),
    restore: () =>
      alone('put back', async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
        await admin.query(`CREATE DATABASE ${database} TEMPLATE ${template}`)
      }),
  }
}
