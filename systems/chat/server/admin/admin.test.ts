import fastify from 'fastify'
import { expect, test } from 'vitest'
import { asChatError } from '../errors.ts'
import { FailureBlock, noBlock } from '../protection/address-block.ts'
import type { AuditEntry } from '../protection/contract.ts'
import { AdminLogIn } from './admin-log-in.ts'
import { adminRoutes, type AdminFigures } from './admin-routes.ts'

const figures: AdminFigures = { upSec: 1, seconds: [], gauges: { rooms: 3 }, alerts: [], blocked: [], audit: [] }

function serverOf({ block = noBlock, nowMs = Date.now } = {}) {
  const app = fastify()
  const noted: AuditEntry[] = []
  const audit = { note: (entry: AuditEntry) => noted.push(entry), close: () => Promise.resolve() }
  app.setErrorHandler((error, _request, reply) => reply.code(asChatError(error).statusCode).send({}))
  adminRoutes(app, { logIn: new AdminLogIn('the password', nowMs), block, audit, figures: () => figures })
  const logIn = (password: unknown) => app.inject({ method: 'POST', url: '/admin/login', payload: { password } })
  const look = (cookie?: string) => app.inject({ url: '/admin/figures', headers: cookie === undefined ? {} : { cookie } })
  return { app, noted, logIn, look }
}

const cookieOf = (answer: { headers: Record<string, unknown> }): string => String(answer.headers['set-cookie']).replace(/;.*/, '')

test('who knows the password sees the figures, and both are in the audit log', async () => {
  const { logIn, look, noted } = serverOf()
  const answer = await logIn('the password')
  expect(answer.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/)
  expect((await look(`other=1; ${cookieOf(answer)}`)).json()).toEqual(figures)
  expect(noted).toMatchObject([{ kind: 'admin', detail: 'logged in' }])
})

test.each(['wrong', '', 'the password ', 7, undefined])('the password %o opens nothing', async (password) => {
  const { logIn } = serverOf()
  const answer = await logIn(password)
  expect([400, 401]).toContain(answer.statusCode)
  expect(answer.headers['set-cookie']).toBeUndefined()
})

test('nobody sees figures without a cookie, with an invented one or with one of another server', async () => {
  const { look } = serverOf()
  const foreign = cookieOf(await serverOf().logIn('the password'))
  for (const cookie of [undefined, 'chat_admin=', `chat_admin=${Date.now() + 1e6}.x`, foreign]) {
    expect((await look(cookie)).statusCode).toBe(401)
  }
})

test('an hour later one has to log in again', async () => {
  const clock = { ms: 0 }
  const { logIn, look } = serverOf({ nowMs: () => clock.ms })
  const cookie = cookieOf(await logIn('the password'))
  clock.ms = 3_599_999
  expect((await look(cookie)).statusCode).toBe(200)
  clock.ms = 3_600_000
  expect((await look(cookie)).statusCode).toBe(401)
})

test('guessing the admin password blocks the address', async () => {
  const block = new FailureBlock({ failures: 5 })
  const { logIn } = serverOf({ block })
  for (let n = 0; n < 5; n++) await logIn(`guess ${n}`)
  expect(block.isBlocked('127.0.0.1')).toBe(true)
})

test('the page needs nothing from elsewhere, and allows only its own script', async () => {
  const { app } = serverOf()
  const { body, headers } = await app.inject('/admin')
  const nonce = /script-src 'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1] ?? 'none'
  expect(body).toContain(`<script nonce="${nonce}">`)
  expect(body).not.toContain('NONCE')
  expect(body.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|innerHTML/)
})
