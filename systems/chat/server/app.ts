import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Accounts } from './accounts.ts'
import type { Chat } from './chat.ts'
import { addressOf } from './entrance.ts'
import { asChatError, ChatError } from './errors.ts'
import type { Access, Identity } from './protection/contract.ts'
import { limitHeaders } from './protection/limit-headers.ts'
import type { Protections } from './protections.ts'
import { directRoutes } from './routes/direct-routes.ts'
import { healthRoutes } from './routes/health-routes.ts'
import { roomRoutes } from './routes/room-routes.ts'
import { userRoutes } from './routes/user-routes.ts'
import type { Tokens } from './tokens.ts'

export interface AppContext {
  readonly chat: Chat
  readonly accounts: Accounts
  readonly tokens: Tokens
  readonly protections: Protections
  readonly validates: boolean
}

/** Asked by those who watch, not by users: never limited. */
const unlimitedRoutes = new Set(['/health', '/metrics'])

/** The REST API; files, the dashboard and the metrics are added by whoever has them. */
export function createApp(context: AppContext): FastifyInstance {
  const app = fastify({
    bodyLimit: 64 * 1024,
    // Who sends a body drop by drop: a file of a megabyte may come at 100 kB a second.
    requestTimeout: 10_000,
    keepAliveTimeout: 72_000,
    // Who sends a header drop by drop is looked for every second and may take five.
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    routerOptions: { maxParamLength: 200 },
    return503OnClosing: true,
  })
  addAdmission(app, context)
  addErrors(app)
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '(none)'
    context.protections.monitor.request({ method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime })
    done()
  })
  const access = createAccess(context)
  healthRoutes(app, context.chat)
  userRoutes(app, context, access)
  roomRoutes(app, context, access)
  directRoutes(app, context, access)
  return app
}

export function createAccess({ tokens, chat }: Pick<AppContext, 'tokens' | 'chat'>): Access<FastifyRequest> {
  return {
    authenticate(request) {
      const user = identityOf(request, tokens)
      if (user === undefined) {
        throw new ChatError('unauthorized', 'Expected a valid token of POST /login in the header Authorization: Bearer …')
      }
      return user
    },
    roomOf: (user, room) => chat.roomOf(user, room),
  }
}

const identities = new WeakMap<FastifyRequest, { readonly user: Identity | undefined }>()

/** Looked at twice in a request: by the limiter, and by the route. */
function identityOf(request: FastifyRequest, tokens: Tokens): Identity | undefined {
  const known = identities.get(request)
  if (known !== undefined) return known.user
  const user = tokens.verifyHeader(request.headers.authorization)
  identities.set(request, { user })
  return user
}

function addAdmission(app: FastifyInstance, { tokens, protections, accounts }: AppContext): void {
  app.addHook('onRequest', async (request, reply) => {
    if (unlimitedRoutes.has(request.routeOptions.url ?? '')) return
    const address = addressOf(request.socket)
    accounts.refuseBlocked(address)
    const admission = await protections.limiter.take({ user: identityOf(request, tokens)?.name, address })
    void reply.headers(limitHeaders(admission))
    if (admission.allowed) return
    protections.monitor.refused('rate-limited')
    throw new ChatError('rate-limited', 'Too many requests: wait a little.', { retryAfterSec: admission.retryAfterSec })
  })
}

function addErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error, request, reply) => {
    const { code, statusCode, message, retryAfterSec } = asChatError(error)
    if (code === 'internal') console.error(`chat: ${request.method} ${request.routeOptions.url ?? request.url}:`, error)
    if (retryAfterSec !== undefined) void reply.header('retry-after', Math.max(1, Math.ceil(retryAfterSec)))
    return reply.code(statusCode).send({ error: code, message })
  })
  app.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ error: 'not-found', message: 'There is no such page.' }),
  )
}
