import type { FastifyInstance } from 'fastify'
import { ShopError } from './errors.ts'
import { id, idParams, integer, listOf, object } from './json-schemas.ts'
import { findOrder, listOrders, placeOrder } from './order-queries.ts'
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
    properties: { productId: id, quantity: { type: 'integer', minimum: 1, maximum: 100, default: 1 } },
  }
  app.post<{ Body: { productId: number; quantity: number } }>(
    '/orders',
    { onRequest: app.authenticate, schema: { body, response: { 201: order } } },
    async (request, reply) => {
      try {
        const placed = await placeOrder(shop.database, { customer: request.user.customer, ...request.body })
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
    (request) => findOrder(shop.database, request.user.customer, request.params.id),
  )

  app.get('/events', (_request, reply) => {
    shop.events.assertRoom()
    reply.hijack()
    shop.events.open(reply.raw)
  })
}
