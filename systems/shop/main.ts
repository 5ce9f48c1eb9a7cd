import { randomBytes } from 'node:crypto'
import { createApp } from './server/app.ts'
import { ArgumentError, parseShopArguments, usage, type ShopArguments } from './server/arguments.ts'
import { startBlockingReports } from './server/blocking-report.ts'
import { Database } from './server/database.ts'
import { behaviourWith } from './server/defects.ts'
import { FileStore } from './server/file-store.ts'
import { migrate } from './server/migrate.ts'
import { createOrders } from './server/orders.ts'
import { simulatedPayments } from './server/payment.ts'
import { RemotePayments } from './server/remote-payments.ts'
import { createShop } from './server/shop.ts'

/** Longest wait for running requests; a supervisor's patience usually ends at 10 s. */
const stopLimitMs = 8_000

async function start({ port, databaseUrl, paymentsUrl, defects, log }: ShopArguments): Promise<() => Promise<void>> {
  const behaviour = behaviourWith(defects)
  const { poolMax, hasDatabaseTimeouts, losesConnections } = behaviour
  await migrate(databaseUrl, behaviour.missingIndexes)
  const database = new Database({ url: databaseUrl, poolMax, losesConnections, isPatient: !hasDatabaseTimeouts })
  const files = await FileStore.open()
  const payments = paymentsUrl === undefined ? simulatedPayments() : new RemotePayments(paymentsUrl, behaviour.payments)
  const orders = createOrders({ database, payments, behaviour })
  const adminPassword = process.env['SHOP_ADMIN_PASSWORD'] ?? 'admin'
  const shop = createShop({ database, files, payments, orders, behaviour, adminPassword })
  const app = await createApp({ shop, tokenSecret: process.env['SHOP_TOKEN_SECRET'] ?? randomBytes(32).toString('hex'), log })
  const stop = async (): Promise<void> => {
    await app.close()
    orders.close()
    payments.close()
    await database.close()
    await files.close()
  }
  try {
    const address = await app.listen({ port, host: '127.0.0.1', backlog: 1_024 })
    console.log(`shop listens on ${address}${defects.length > 0 ? ` with planted defects: ${defects.join(', ')}` : ''}`)
  } catch (error) {
    await stop()
    throw error
  }
  if (behaviour.blocksEventLoop) startBlockingReports()
  return stop
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
  console.error(`shop: ${error instanceof Error ? error.message : String(error)}${cause}`)
  process.exit(1)
}

try {
  stopOnSignal(await start(parseShopArguments(process.argv.slice(2), process.env)))
} catch (error) {
  fail(error)
}
