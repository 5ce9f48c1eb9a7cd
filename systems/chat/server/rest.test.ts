import { expect, test } from 'vitest'
import { overTcp, overWebSocket } from './kit/clients.ts'
import { testServer } from './kit/test-server.ts'
import { FailureBlock } from './protection/address-block.ts'
import type { AuditEntry } from './protection/contract.ts'
import { BucketRateLimiter } from './protection/rate-limiter.ts'

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

interface Asked {
  readonly token?: string
  readonly json?: object
}

async function ask(url: string, line: string, { token, json }: Asked = {}): Promise<Answer> {
  const [method = 'GET', path = '/'] = line.split(' ')
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const answer = await fetch(url + path, { method, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers }
}

test('who registers can log in, make a room and talk in it with those who are connected', async () => {
  const { url, port, tokens } = await testServer()
  const dora = { name: 'dora', password: 'correct-horse' }
  expect(await ask(url, 'POST /users', { json: dora })).toMatchObject({ status: 201, body: { name: 'dora' } })
  expect(await ask(url, 'POST /users', { json: dora })).toMatchObject({ status: 409, body: { error: 'conflict' } })
  const { token } = (await ask(url, 'POST /login', { json: dora })).body as { token: string }
  expect(await ask(url, 'GET /me', { token })).toMatchObject({ status: 200, body: { name: 'dora' } })
  expect(await ask(url, 'POST /rooms', { token, json: { name: 'den' } })).toMatchObject({ status: 201, body: { name: 'den' } })
  expect(await ask(url, 'POST /rooms', { token, json: { name: 'den' } })).toMatchObject({ status: 409 })
  const ann = await overWebSocket(port, tokens[0])
  await ann.ask({ type: 'join', room: 'den' })
  expect(await ask(url, 'POST /rooms/den/messages', { token, json: { text: 'by REST' } })).toMatchObject({
    status: 201,
    body: { seq: 1 },
  })
  expect(await ann.hears(1)).toEqual(['by REST'])
  expect(await ask(url, 'GET /rooms/den/messages?after=0&limit=5', { token })).toMatchObject({ body: [{ seq: 1, from: 'dora' }] })
  expect(await ask(url, 'GET /rooms/den/members', { token })).toMatchObject({ body: { here: 1, users: ['ann'] } })
  expect(await ask(url, 'GET /rooms', { token })).toMatchObject({ body: [{ name: 'den', members: 2 }, { name: 'lobby' }] })
  expect((await ask(url, 'DELETE /rooms/den/members', { token })).status).toBe(204)
  expect(await ask(url, 'GET /rooms/den/messages', { token })).toMatchObject({ status: 403, body: { error: 'forbidden' } })
})

test('direct messages by REST arrive over a connection and stay in the history of both', async () => {
  const { url, tcpPort, tokens } = await testServer()
  const bob = await overTcp(tcpPort, tokens[1])
  const sent = await ask(url, 'POST /directs', { token: tokens[0], json: { to: 'bob', text: 'psst' } })
  expect(sent).toMatchObject({ status: 201, body: { no: 1 } })
  expect(await bob.find(({ type }) => type === 'direct')).toMatchObject({ from: 'ann', text: 'psst' })
  expect(await ask(url, 'GET /directs/bob', { token: tokens[0] })).toMatchObject({ body: [{ text: 'psst' }] })
  expect(await ask(url, 'GET /directs/ann', { token: tokens[1] })).toMatchObject({ body: [{ text: 'psst' }] })
})

test.each([
  ['POST /users', { name: 'x', password: 'short' }, 400],
  ['POST /users', { name: '../x', password: 'correct-horse' }, 400],
  ['POST /users', ['x'], 400],
  ['POST /login', { name: 'x' }, 400],
  ['POST /login', { name: 'nobody', password: 'correct-horse' }, 401],
  ['POST /rooms', { name: 'den' }, 401],
  ['GET /rooms/lobby/messages?limit=1000', undefined, 401],
  ['GET /nowhere', undefined, 404],
] as const)('%s %j without a token is answered with %i', async (line, json, status) => {
  const { url } = await testServer()
  expect((await ask(url, line, json === undefined ? {} : { json })).status).toBe(status)
})

test('limits of a page and of a text are those of the other doors', async () => {
  const { url, tokens } = await testServer()
  const token = tokens[0]
  expect((await ask(url, 'GET /rooms/lobby/messages?limit=201', { token })).status).toBe(400)
  expect((await ask(url, 'GET /rooms/lobby/messages?limit=x', { token })).status).toBe(400)
  const tooLong = { text: 'x'.repeat(4_001) }
  expect((await ask(url, 'POST /rooms/lobby/messages', { token, json: tooLong })).status).toBe(400)
  expect((await ask(url, 'POST /rooms/lobby/messages', { token, json: { text: 'x'.repeat(100_000) } })).status).toBe(413)
})

test('one bucket limits a user at all doors, and refusals say when to come back', async () => {
  const generous = { ratePerSec: 1_000, burst: 1_000 }
  const limiter = new BucketRateLimiter({ user: { ratePerSec: 0.01, burst: 4 }, address: generous })
  const { url, port, tcpPort, tokens } = await testServer({ protections: { limiter } })
  const [token] = tokens
  const first = await ask(url, 'GET /me', { token })
  expect(first.headers.get('ratelimit')).toMatch(/^"user";r=3;/)
  const ann = await overWebSocket(port, token)
  const again = await overTcp(tcpPort, token)
  for (let left = 3; left > 0; left -= 1) expect(await ann.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  for (const client of [ann, again]) {
    const refused = await client.ask({ type: 'ping' })
    expect(refused).toMatchObject({ type: 'error', code: 'rate-limited' })
    expect(refused['retryAfter']).toBeGreaterThan(90)
  }
  const refused = await ask(url, 'GET /me', { token })
  expect(refused).toMatchObject({ status: 429, body: { error: 'rate-limited' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(90)
  expect((await ask(url, 'GET /me', { token: tokens[1] })).status).toBe(200)
  expect((await ask(url, 'GET /health')).status).toBe(200)
})

test('an address that guesses is turned away at all doors, and the audit log tells of it', async () => {
  const noted: AuditEntry[] = []
  const audit = { note: (entry: AuditEntry) => void noted.push(entry), close: () => Promise.resolve() }
  const { url, port, tcpPort, tokens } = await testServer({ protections: { block: new FailureBlock({ failures: 3 }), audit } })
  const guess = { json: { name: 'ann', password: 'not-the-one' } }
  for (let tries = 0; tries < 3; tries += 1) expect((await ask(url, 'POST /login', guess)).status).toBe(401)
  const blocked = await ask(url, 'POST /login', guess)
  expect(blocked).toMatchObject({ status: 403, body: { error: 'blocked' } })
  expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0)
  await expect(overWebSocket(port, tokens[0])).rejects.toThrow(/403/)
  const lines = await overTcp(tcpPort)
  expect(await lines.find(({ type }) => type === 'error')).toMatchObject({ code: 'blocked' })
  expect(noted.filter(({ kind }) => kind === 'log-in-failed')).toHaveLength(3)
})

test('/health says that the server is about to stop before it does', async () => {
  const server = await testServer({ settings: { noticeMs: 300 } })
  expect(await ask(server.url, 'GET /health')).toMatchObject({ status: 200, body: { status: 'ok', database: 'up' } })
  const stopped = server.stop()
  expect(await ask(server.url, 'GET /health')).toMatchObject({ status: 503, body: { status: 'draining' } })
  const late = await ask(server.url, 'POST /rooms/lobby/messages', { token: server.tokens[0], json: { text: 'late' } })
  expect(late).toMatchObject({ status: 503, body: { error: 'draining' } })
  await stopped
})
