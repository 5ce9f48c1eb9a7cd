import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { behaviourWith, soundBehaviour, type DefectName } from './defects.ts'
import { ShopError } from './errors.ts'
import { RemotePayments } from './remote-payments.ts'

type Answer = (reply: ServerResponse, call: number) => void

const running: { payments: RemotePayments; server: Server }[] = []
afterEach(() => {
  for (const { payments, server } of running.splice(0)) {
    payments.close()
    server.closeAllConnections()
    server.close()
  }
})

/** A payment service that answers as told, and the shop's way to it. */
async function bench(answer: Answer, protection = soundBehaviour.payments) {
  const keys: string[] = []
  const server = createServer((request, reply) => {
    request.resume()
    keys.push(String(request.headers['idempotency-key']))
    answer(reply, keys.length)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo // a TCP server listens on a port
  const payments = new RemotePayments(`http://127.0.0.1:${port}`, protection)
  running.push({ payments, server })
  return { payments, keys }
}

const withStatus =
  (status: number): Answer =>
  (reply) =>
    void reply.writeHead(status).end()

const defective = (name: DefectName) => behaviourWith([name]).payments

/** How so many orders in a row end. */
async function outcomes(payments: RemotePayments, orders: number): Promise<readonly number[]> {
  const statuses: number[] = []
  for (let order = 0; order < orders; order += 1)
    statuses.push(
      await payments.authorise(`order ${order}`, 500).then(
        () => 201,
        (error: unknown) => (error instanceof ShopError ? error.statusCode : 0),
      ),
    )
  return statuses
}

test('an authorised payment is one call with the key of its order', async () => {
  const { payments, keys } = await bench(withStatus(201))
  await payments.authorise('7:a', 500)
  expect(keys).toEqual(['7:a'])
  expect(payments.figures).toEqual({ calls: 1, failures: 0, shed: 0, breaker: 'closed' })
})

test('a failed try is repeated once with the same key, and then the customer is told to come back', async () => {
  const { payments, keys } = await bench((reply, call) => void reply.writeHead(call === 1 ? 500 : 201).end())
  await payments.authorise('7:a', 500)
  expect(keys).toEqual(['7:a', '7:a'])
  const { payments: broken, keys: tries } = await bench(withStatus(500))
  await expect(broken.authorise('7:b', 500)).rejects.toMatchObject({ statusCode: 503, code: 'overloaded' })
  expect(tries).toEqual(['7:b', '7:b'])
})

test('declined payments are answers: they are not repeated and open no breaker', async () => {
  const { payments, keys } = await bench(withStatus(402))
  expect(new Set(await outcomes(payments, 20))).toEqual(new Set([402]))
  expect(keys).toHaveLength(20)
  expect(payments.figures.breaker).toBe('closed')
})

test('a service that is down is left alone after ten failures, and no order waits for it', async () => {
  const { payments, keys } = await bench(withStatus(500))
  expect(new Set(await outcomes(payments, 40))).toEqual(new Set([503]))
  expect(keys.length).toBeLessThanOrEqual(12)
  expect(payments.figures).toMatchObject({ breaker: 'open' })
  expect(payments.figures.shed).toBeGreaterThanOrEqual(30)
})

test('while one order tries whether the service is back, the others are refused at once', async () => {
  let isHanging = false
  const waiting: ServerResponse[] = []
  const answer: Answer = (reply) => {
    if (isHanging) waiting.push(reply)
    else reply.writeHead(500).end()
  }
  const { payments, keys } = await bench(answer, { ...soundBehaviour.payments, openMs: 50 })
  await outcomes(payments, 20)
  isHanging = true
  const before = keys.length
  await vi.waitFor(() => {
    void payments.authorise('the one that tries', 500).catch(() => undefined)
    expect(payments.figures.breaker).toBe('half-open')
  })
  expect(new Set(await outcomes(payments, 5))).toEqual(new Set([503]))
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  expect(keys.slice(before)).toEqual(['the one that tries'])
  for (const reply of waiting) reply.writeHead(201).end()
  await vi.waitFor(() => expect(payments.figures.breaker).toBe('closed'))
})

test('no-breaker: it is asked for every order', async () => {
  const { payments, keys } = await bench(withStatus(500), defective('no-breaker'))
  await outcomes(payments, 40)
  expect(keys).toHaveLength(80)
  expect(payments.figures.breaker).toBe('closed')
})

test('no answer within the limit is a failure; more than a dozen orders do not wait at once', async () => {
  const { payments } = await bench(() => undefined, { ...soundBehaviour.payments, timeoutMs: 50 })
  const orders = Array.from({ length: 20 }, (_, order) => payments.authorise(`order ${order}`, 500))
  const ended = await Promise.allSettled(orders)
  expect(ended.every(({ status }) => status === 'rejected')).toBe(true)
  expect(payments.figures.shed).toBeGreaterThanOrEqual(8)
})

test('no-timeout: an order waits until the service answers, however long it takes', async () => {
  const waiting: ServerResponse[] = []
  const { payments } = await bench((reply) => void waiting.push(reply), { ...defective('no-timeout'), retries: 0 })
  let isDone = false
  const order = payments.authorise('7:a', 500).then(() => {
    isDone = true
  })
  // Twice the limit of the sound build is long enough to tell them apart.
  await new Promise((resolve) => setTimeout(resolve, 2 * soundBehaviour.payments.timeoutMs))
  expect(isDone).toBe(false)
  for (const reply of waiting) reply.writeHead(201).end()
  await order
  expect(isDone).toBe(true)
})

test('retry-storm: a payment is asked for at once again and again, until it works', async () => {
  const { payments, keys } = await bench(
    (reply, call) => void reply.writeHead(call < 50 ? 500 : 201).end(),
    defective('retry-storm'),
  )
  await payments.authorise('7:a', 500)
  expect(keys).toHaveLength(50)
})
