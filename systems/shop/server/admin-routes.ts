import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { adminPage } from './admin-page.ts'
import { audit } from './audit.ts'
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
    listCache: shop.lists.figures,
    pageCache: shop.pages.figures,
    files: shop.files.figures,
    listeners: shop.events.listeners,
    visits: shop.visits.figures,
  }))

  app.get('/admin/audit', { onRequest, schema: { response: { 200: { type: 'object', additionalProperties: true } } } }, () =>
    audit(shop.database),
  )
}

function isAdmin(authorization: string | undefined, password: string): boolean {
  const [scheme, credentials] = (authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'basic' || !credentials) return false
  return isSameSecret(Buffer.from(credentials, 'base64').toString(), `admin:${password}`)
}
