import type { FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { createPayments, largestCents } from './payments.ts'

let app: FastifyInstance
afterEach(() => app.close())

const pay = (key: string, amountCents: number) =>
  app.inject({ method: 'POST', url: '/payments', headers: { 'idempotency-key': key }, payload: { amountCents } })

test('one key is one payment, however often and however soon it is asked for again', async () => {
  app = createPayments({ workers: 2, serviceMs: 10, maxWaitMs: 100 })
  const [first, together] = await Promise.all([pay('a', 500), pay('a', 500)])
  const later = await pay('a', 500)
  expect([first.statusCode, together.statusCode, later.statusCode]).toEqual([201, 200, 200])
  expect(later.json()).toEqual({ key: 'a', amountCents: 500, status: 'authorised' })
  expect((await app.inject('/truth')).json()).toMatchObject({ requests: 3, authorised: 1, repeated: 2, distinct: 1 })
})

test('a key of another amount, no key and no amount are refused, too much money is declined', async () => {
  app = createPayments({ workers: 2, serviceMs: 1, maxWaitMs: 100 })
  await pay('a', 500)
  expect((await pay('a', 501)).statusCode).toBe(422)
  expect((await pay('', 500)).statusCode).toBe(400)
  expect((await pay('b', 0)).statusCode).toBe(400)
  expect((await pay('c', largestCents + 1)).statusCode).toBe(402)
})

test('when too many wait it says so at once, with a time to come back', async () => {
  app = createPayments({ workers: 1, serviceMs: 200, maxWaitMs: 100 })
  const answers = await Promise.all(['a', 'b', 'c'].map((key) => pay(key, 500)))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 503, 503])
  expect(answers[1]?.headers['retry-after']).toBe('1')
  // A refused key is not remembered: it can be tried again.
  expect((await pay('b', 500)).statusCode).toBe(201)
  expect((await app.inject('/truth')).json()).toMatchObject({ capacityPerSec: 5, refused: 2, authorised: 2 })
})
