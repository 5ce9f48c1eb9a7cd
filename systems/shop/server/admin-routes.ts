import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { adminPage } from './admin-page.ts'
import { audit } from './audit.ts'
import { integer, listOf, object, text } from './json-schemas.ts'
import { listOrderKeys } from './order-queries.ts'
import { isSameSecret } from './tokens.ts'
import type { Shop } from './shop.ts'

export function adminRoutes(app: FastifyInstance, shop: Shop): void {
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (isAdmin(request.headers.authorization, shop.adminPassword)) return
    await reply
      .code(401)
      .header('www-authenticate', 'Basic realm="shop"')
      .send({ error: 'unauthorized', message: 'Admins only.' })
  }

  app.get('/admin', { onRequest }, (_request, reply) => reply.type('text/html').send(adminPage))

  app.get('/admin/figures', { onRequest, schema: { response: { 200: { type: 'object', additionalProperties: true } } } }, () => ({
    uptimeSec: Math.round(process.uptime()),
    memoryBytes: process.memoryUsage.rss(),
    pool: shop.database.figures,
    payments: shop.orders.payments,
    listCache: shop.lists.figures,
    pageCache: shop.pages.figures,
    files: shop.files.figures,
    listeners: shop.events.listeners,
    visits: shop.visits.figures,
  }))

  const query = {
    type: 'object',
    properties: {
      after: { type: 'integer', minimum: 0, default: 0 },
      limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 10_000 },
    },
  }
  app.get<{ Querystring: { after: number; limit: number } }>(
    '/admin/orders',
    { onRequest, schema: { querystring: query, response: { 200: listOf(object({ id: integer, key: text })) } } },
    (request) => listOrderKeys(shop.database, request.query.after, request.query.limit),
  )

  app.get('/admin/audit', { onRequest, schema: { response: { 200: { type: 'object', additionalProperties: true } } } }, () =>
    audit(shop.database),
  )
}

function isAdmin(authorization: string | undefined, password: string): boolean {
  const [scheme, credentials] = (authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'basic' || !credentials) return false
  return isSameSecret(Buffer.from(credentials, 'base64').toString(), `admin:${password}`)
}
