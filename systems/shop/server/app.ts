import fastifyJwt from '@fastify/jwt'
import fastifyMultipart from '@fastify/multipart'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { adminRoutes } from './admin-routes.ts'
import { errorAnswer, ShopError } from './errors.ts'
import { fileRoutes, maxFileBytes } from './file-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { loginRoutes } from './login-routes.ts'
import { orderRoutes } from './order-routes.ts'
import { productRoutes } from './product-routes.ts'
import type { Shop } from './shop.ts'

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { customer: number }
    user: { customer: number }
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    authenticate: (request: FastifyRequest) => Promise<void>
  }
}

export interface AppOptions {
  readonly shop: Shop
  readonly tokenSecret: string
  readonly log: boolean
}

export async function createApp({ shop, tokenSecret, log }: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: log,
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 100 },
  })
  await app.register(fastifyJwt, { secret: tokenSecret, sign: { expiresIn: '1h' } })
  await app.register(fastifyMultipart, { limits: { fileSize: maxFileBytes, files: 1, fields: 5 }, throwFileSizeLimit: false })
  app.decorate('authenticate', async (request: FastifyRequest) => {
    try {
      await request.jwtVerify()
    } catch (error) {
      throw new ShopError(
        401,
        'unauthorized',
        'Expected a valid token from POST /login in the header Authorization: Bearer …',
        error,
      )
    }
  })
  addErrors(app)
  addTimings(app, shop)
  app.addHook('preClose', () => shop.events.close())

  healthRoutes(app, shop)
  productRoutes(app, shop)
  orderRoutes(app, shop)
  fileRoutes(app, shop)
  adminRoutes(app, shop)
  await loginRoutes(app, shop)
  return app
}

function addErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error, request, reply) => {
    const { status, body } = errorAnswer(error)
    if (status >= 500) request.log.error(error)
    if (status === 503) void reply.header('retry-after', '1')
    return reply.code(status).send(body)
  })
  app.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ error: 'not_found', message: 'There is no such page.' }),
  )
}

/** The last visits one by one; times by route template and class of status, so that the number of series stays small whatever clients ask for. */
function addTimings(app: FastifyInstance, shop: Shop): void {
  app.addHook('onResponse', (request, reply, done) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? '(none)',
      status: `${Math.floor(reply.statusCode / 100)}xx`,
    }
    const { elapsedTime: ms, statusCode: status } = reply
    shop.metrics.requestSeconds.observe(labels, ms / 1_000)
    shop.visits.add({ atMs: Date.now(), method: request.method, path: request.url, status, ms, headers: request.headers })
    done()
  })
}
