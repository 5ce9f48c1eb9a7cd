import type { FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import { ShopError } from './errors.ts'
import { id, idParams, integer, listOf, object } from './json-schemas.ts'
import { listOrders } from './order-queries.ts'
import type { Shop } from './shop.ts'

const order = object({
  id: integer,
  productId: integer,
  quantity: integer,
  totalCents: integer,
  createdAt: { type: 'string', format: 'date-time' },
})

export function orderRoutes(app: FastifyInstance, shop: Shop): void {
  const body = {
    type: 'object',
    required: ['productId'],
    properties: {
      key: { type: 'string', minLength: 1, maxLength: 100 },
      productId: id,
      quantity: { type: 'integer', minimum: 1, maximum: 100, default: 1 },
    },
  }
  app.post<{ Body: { key?: string; productId: number; quantity: number } }>(
    '/orders',
    { onRequest: app.authenticate, schema: { body, response: { 200: order, 201: order } } },
    async (request, reply) => {
      try {
        const { key = randomUUID(), ...wanted } = request.body
        const { order: placed, isNew } = await shop.orders.place({ customer: request.user.customer, key, ...wanted })
        if (!isNew) return await reply.code(200).send(placed)
        shop.metrics.orders.inc()
        shop.events.publish({ orderId: placed.id, productId: placed.productId, quantity: placed.quantity })
        return await reply.code(201).send(placed)
      } catch (error) {
        if (error instanceof ShopError) shop.metrics.failedOrders.inc({ reason: error.code })
        throw error
      }
    },
  )

  app.get('/orders', { onRequest: app.authenticate, schema: { response: { 200: listOf(order) } } }, (request) =>
    listOrders(shop.database, request.user.customer),
  )

  app.get<{ Params: { id: number } }>(
    '/orders/:id',
    { onRequest: app.authenticate, schema: { params: idParams, response: { 200: order } } },
    (request) => shop.orders.find(request.user.customer, request.params.id),
  )

  app.get('/events', (_request, reply) => {
    shop.events.assertRoom()
    reply.hijack()
    shop.events.open(reply.raw)
  })
}
