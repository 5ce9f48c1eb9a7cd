import { randomBytes } from 'node:crypto'
import { ArgumentError, parseChatArguments, usage, type ChatArguments } from './server/arguments.ts'
import { Database } from './server/database.ts'
import { behaviourWith } from './server/defects.ts'
import { migrate } from './server/migrate.ts'
import { PostgresStore } from './server/postgres-store.ts'
import { unprotected } from './server/protections.ts'
import { startServer } from './server/server.ts'

/** A supervisor's patience usually ends at 10 s. */
const stopLimitMs = 9_000

async function start({
  host,
  port,
  tcpPort,
  databaseUrl,
  defects,
  without,
  settings,
}: ChatArguments): Promise<() => Promise<void>> {
  const behaviour = behaviourWith(defects)
  await migrate(databaseUrl)
  const database = new Database({ url: databaseUrl, poolMax: settings.poolMax })
  const protections = unprotected
  const store = new PostgresStore(database)
  const tokenSecret = process.env['CHAT_TOKEN_SECRET'] ?? randomBytes(32).toString('hex')
  const validates = !without.includes('validation')
  const server = await startServer({ store, behaviour, protections, settings, tokenSecret, host, port, tcpPort, validates })
  const planted = defects.length > 0 ? ` with planted defects: ${defects.join(', ')}` : ''
  console.log(`chat listens on ${server.url}, and for lines on port ${server.tcpPort}${planted}`)
  return async () => {
    await server.stop()
    await protections.audit.close()
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
