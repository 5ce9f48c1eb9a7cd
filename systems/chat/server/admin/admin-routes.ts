import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChatError } from '../errors.ts'
import type { Second } from '../monitoring/server-figures.ts'
import type { AddressBlock, AuditEntry, AuditLog } from '../protection/contract.ts'
import { adminPage } from './admin-page.ts'
import type { AdminLogIn } from './admin-log-in.ts'

/** What the dashboard shows. */
export interface AdminFigures {
  readonly upSec: number
  readonly seconds: readonly Second[]
  readonly gauges: Readonly<Record<string, number>>
  readonly alerts: readonly string[]
  readonly blocked: readonly { readonly address: string; readonly sec: number }[]
  readonly audit: readonly (AuditEntry & { readonly atMs: number })[]
}

export interface AdminRoutesOptions {
  readonly logIn: AdminLogIn
  readonly block: AddressBlock
  readonly audit: AuditLog
  readonly figures: () => AdminFigures
}

export function adminRoutes(app: FastifyInstance, { logIn, block, audit, figures }: AdminRoutesOptions): void {
  // The page is the same for everybody and asks for a password when it gets no figures.
  app.get('/admin', (_request, reply) => sendPage(reply))

  app.post('/admin/login', async (request, reply) => {
    const cookie = logIn.cookieFor(passwordOf(request))
    audit.note({ kind: 'admin', address: request.ip, detail: cookie === undefined ? 'log-in failed' : 'logged in' })
    if (cookie === undefined) {
      block.failed(request.ip, 'admin')
      throw new ChatError('unauthorized', 'Wrong password.')
    }
    block.succeeded(request.ip, 'admin')
    return reply.header('set-cookie', cookie).send({ ok: true })
  })

  app.get('/admin/figures', async (request, reply) => {
    if (!logIn.isAdmin(request.headers.cookie)) throw new ChatError('unauthorized', 'Admins only.')
    return reply.header('cache-control', 'no-store').send(figures())
  })
}

function passwordOf({ body }: FastifyRequest): string {
  const password: unknown = typeof body === 'object' && body !== null && 'password' in body ? body.password : undefined
  if (typeof password !== 'string') throw new ChatError('invalid', 'Expected "password" to be a text.')
  return password
}

/** Only our own script runs, and it talks to us only. */
function sendPage(reply: FastifyReply): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'`
  return reply
    .headers({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    .type('text/html; charset=utf-8')
    .send(adminPage.replaceAll('NONCE', nonce))
}
