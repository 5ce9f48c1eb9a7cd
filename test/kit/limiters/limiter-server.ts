/**
 * An HTTP server with a rate limiter of known truth: `PORT 'JSON of a LimiterTruth'`. `POST /login` is limited by the source address, or by the header
 * `authorization` where there is one, and takes some CPU; `GET /health` is free.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pbkdf2Sync } from 'node:crypto'
import type { LimiterTruth, ModelDecision } from './limiter-model.ts'
import { LimiterModel, readsFirst } from './limiter-model.ts'

const [, , port, json = '{}'] = process.argv
const truth = JSON.parse(json) as LimiterTruth // written by the test that starts it
const model = new LimiterModel(truth)
const connections = new WeakMap<object, number>()
let connection = 0

function clientOf({ headers, socket, url = '/', method = '' }: IncomingMessage): string {
  const address = headers.authorization ?? socket.remoteAddress ?? ''
  const [path = '', query = ''] = url.split('?')
  switch (truth.defect) {
    case 'by x-forwarded-for':
      return String(headers['x-forwarded-for'] ?? address)
    case 'by path':
      return `${address} ${path}`
    case 'by query':
      return `${address} ${query}`
    case 'by method':
      return `${address} ${method}`
    case 'by connection': {
      const known = connections.get(socket) ?? ++connection
      connections.set(socket, known)
      return `${address} ${String(known)}`
    }
    default:
      return address
  }
}

/** Reads the count, lets others have a turn, and writes it down: what `await` between the two does. */
async function decide(client: string, now: number): Promise<ModelDecision> {
  if (truth.defect !== 'racy' || readsFirst(truth)) return model.decide(client, now)
  const isAccepted = model.wouldAccept(client, now)
  await new Promise((resolve) => setTimeout(resolve, 2))
  return { ...model.decide(client, now), isAccepted }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0]?.toLowerCase().replace(/\/$/, '')
  request.resume()
  if (path === '/health') return void response.end('ok')
  const isServed = path === '/login' && (request.method === 'POST' || (truth.defect === 'by method' && request.method === 'PUT'))
  if (!isServed) return void response.writeHead(404).end()
  const { isAccepted, waitSec, said } = await decide(clientOf(request), performance.now() / 1000)
  if (waitSec > 0) await new Promise((resolve) => setTimeout(resolve, 1000 * waitSec))
  const [policy] = said.policies ?? []
  const headers = {
    ...(said.limit === undefined ? {} : { 'RateLimit-Limit': said.limit }),
    ...(said.remaining === undefined ? {} : { 'RateLimit-Remaining': said.remaining }),
    ...(said.resetSec === undefined ? {} : { 'RateLimit-Reset': said.resetSec }),
    ...(policy === undefined ? {} : { 'RateLimit-Policy': `${String(policy.quota)};w=${String(policy.windowSec)}` }),
    ...(said.retryAfterSec === undefined ? {} : { 'Retry-After': said.retryAfterSec }),
  }
  if (!isAccepted) return void response.writeHead(429, headers).end('{"error":"too many"}')
  pbkdf2Sync('a wrong password', 'salt', 2000, 32, 'sha256')
  response.writeHead(401, headers).end('{"error":"wrong password"}')
}

createServer((request, response) => void answer(request, response)).listen(Number(port), '127.0.0.1')
