import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RunningService, Supervisor } from '../../src/services/index.ts'
import { createSupervisor, startService } from '../../src/services/index.ts'
import { audit } from '../../systems/shop/server/audit.ts'
import { Database } from '../../systems/shop/server/database.ts'
import type { DefectName } from '../../systems/shop/server/defects.ts'
import { behaviourWith } from '../../systems/shop/server/defects.ts'
import { migrate } from '../../systems/shop/server/migrate.ts'
import { listOrderKeys } from '../../systems/shop/server/order-queries.ts'
import type { Orders } from '../../systems/shop/server/orders.ts'
import { createOrders } from '../../systems/shop/server/orders.ts'
import { simulatedPayments } from '../../systems/shop/server/payment.ts'

/** How the shop writes its orders, on a real PostgreSQL: the sound build and those planted defects that are about data. */
const folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
let supervisor: Supervisor
let db: RunningService
const open: { orders: Orders; database: Database }[] = []

beforeAll(async () => {
  supervisor = createSupervisor()
  const spec = { kind: 'postgres', maxConnections: 40, settings: {} } as const
  db = await startService('db', spec, { supervisor, outFile: join(folder, 'db.log') })
  await migrate(db.url, [])
}, 120_000)
afterEach(() => closeAll())
afterAll(async () => {
  await db.stop()
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(...defects: DefectName[]) {
  const behaviour = behaviourWith(defects)
  const database = new Database({ url: db.url, poolMax: 10, losesConnections: behaviour.losesConnections })
  const orders = createOrders({ database, payments: simulatedPayments(), behaviour })
  open.push({ orders, database })
  return { orders, database }
}

async function closeAll(): Promise<void> {
  for (const { orders, database } of open.splice(0)) {
    orders.close()
    await database.close()
  }
}

let lastKey = 0
const keyed = (productId: number) => {
  lastKey += 1
  return { customer: 1 + (lastKey % 100), key: `key ${lastKey}`, productId, quantity: 1 }
}

async function keysIn(database: Database): Promise<readonly string[]> {
  return (await listOrderKeys(database, 0, 10_000)).map(({ key }) => key)
}

describe('an order of the shop', () => {
  it('is one order however often its key is sent, also at the same moment', async () => {
    const { orders, database } = start()
    const request = keyed(7)
    const both = await Promise.all([orders.place(request), orders.place(request)])
    const again = await orders.place(request)
    expect(new Set([...both, again].map(({ order }) => order.id)).size).toBe(1)
    expect([...both, again].filter(({ isNew }) => isNew)).toHaveLength(1)
    expect((await keysIn(database)).filter((key) => key === request.key)).toHaveLength(1)
  })

  it('is there after a restart when it was acknowledged', async () => {
    const { orders } = start()
    const request = keyed(8)
    await orders.place(request)
    await closeAll()
    expect(await keysIn(start().database)).toContain(request.key)
  })

  it('lost-on-restart: is acknowledged and can be read, and a restart loses it', async () => {
    const { orders } = start('lost-on-restart')
    const request = keyed(8)
    const { order } = await orders.place(request)
    expect(await orders.find(request.customer, order.id)).toMatchObject({ id: order.id, productId: 8 })
    await closeAll()
    expect(await keysIn(start().database)).not.toContain(request.key)
  })

  it('lost-on-restart: without a restart it is written under the id that was acknowledged', async () => {
    const { orders, database } = start('lost-on-restart')
    const request = keyed(8)
    const { order } = await orders.place(request)
    await vi.waitFor(async () => expect(await keysIn(database)).toContain(request.key), { timeout: 10_000, interval: 100 })
    await closeAll()
    expect(await start().orders.find(request.customer, order.id)).toMatchObject({ id: order.id, productId: 8 })
  })
})

describe('connections', () => {
  const missing = () => keyed(20_001)

  it('are given back when an order fails', async () => {
    const { orders, database } = start()
    for (let order = 0; order < 5; order += 1) await expect(orders.place(missing())).rejects.toMatchObject({ statusCode: 404 })
    expect(database.figures.active).toBe(0)
  })

  it('pool-leak: are not given back', async () => {
    const { orders, database } = start('pool-leak')
    for (let order = 0; order < 5; order += 1) await expect(orders.place(missing())).rejects.toMatchObject({ statusCode: 404 })
    expect(database.figures.active).toBe(5)
    // The pool would wait for them for ever.
    open.splice(0)
  })
})

// Last, because the books of this database do not add up any more after it.
describe('the stock', () => {
  it('adds up when many buy the same product at once', async () => {
    const { orders, database } = start()
    await Promise.all(Array.from({ length: 20 }, () => orders.place(keyed(9))))
    expect((await audit(database)).problems).toEqual([])
  })

  it('lost-update: does not', async () => {
    const { orders, database } = start('lost-update')
    await Promise.all(Array.from({ length: 20 }, () => orders.place(keyed(9))))
    expect((await audit(database)).problems).toEqual([expect.stringMatching(/^stock: /)])
  })
})
