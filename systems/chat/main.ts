import { randomBytes } from 'node:crypto'
import { ArgumentError, parseChatArguments, usage, type ChatArguments } from './server/arguments.ts'
import { Database } from './server/database.ts'
import { behaviourWith } from './server/defects.ts'
import { addDemo } from './server/demo.ts'
import { migrate } from './server/migrate.ts'
import { Passwords } from './server/passwords.ts'
import { PostgresStore } from './server/postgres-store.ts'
import { startServer } from './server/server.ts'
import { createSurroundings } from './server/surroundings.ts'

/** A supervisor's patience usually ends at 10 s. */
const stopLimitMs = 9_000

async function start(given: ChatArguments): Promise<() => Promise<void>> {
  const { host, port, tcpPort, databaseUrl, defects, without, settings } = given
  const behaviour = behaviourWith(defects)
  await migrate(databaseUrl)
  const database = new Database({ url: databaseUrl, poolMax: settings.poolMax })
  const passwords = new Passwords({ cost: settings.scryptCost, isAsynchronous: behaviour.hashesAsynchronously })
  await addDemo(database, passwords, settings.demoUsers)
  const [webhook, filesFolder] = [process.env['ALERT_WEBHOOK'], process.env['CHAT_FILES']]
  const adminPassword = process.env['CHAT_ADMIN_PASSWORD'] ?? randomBytes(12).toString('base64url')
  const surroundings = await createSurroundings({ database, behaviour, given, webhook, filesFolder, adminPassword })
  const server = await startServer({
    store: new PostgresStore(database),
    passwords,
    behaviour,
    protections: surroundings.protections,
    settings,
    tokenSecret: process.env['CHAT_TOKEN_SECRET'] ?? randomBytes(32).toString('hex'),
    host,
    port,
    tcpPort,
    validates: !without.includes('validation'),
    addRoutes: (app, core) => surroundings.addRoutes(app, core),
  })
  const planted = defects.length > 0 ? ` with planted defects: ${defects.join(', ')}` : ''
  console.log(`chat listens on ${server.url}, and for lines on port ${server.tcpPort}${planted}`)
  if (process.env['CHAT_ADMIN_PASSWORD'] === undefined) console.log(`the password of ${server.url}/admin is ${adminPassword}`)
  return async () => {
    await server.stop()
    await surroundings.close()
    await database.close()
  }
}

function stopOnSignal(stop: () => Promise<void>): void {
  const onSignal = (): void => {
    setTimeout(() => process.exit(1), stopLimitMs).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.once('SIGTERM', onSignal)
  process.once('SIGINT', onSignal)
}

function fail(error: unknown): never {
  if (error instanceof ArgumentError) {
    console.error(`${error.message}\n\n${usage}`)
    process.exit(2)
  }
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  console.error(`chat: ${error instanceof Error ? error.message : String(error)}${cause}`)
  process.exit(1)
}

try {
  stopOnSignal(await start(parseChatArguments(process.argv.slice(2), process.env)))
} catch (error) {
  fail(error)
}
