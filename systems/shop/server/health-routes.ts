import type { FastifyInstance } from 'fastify'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Statement } from './database.ts'
import { object, text } from './json-schemas.ts'
import type { Shop } from './shop.ts'

const ping: Statement = { name: 'ping', text: 'SELECT 1 AS ok' }
const patienceMs = 1_000

export function healthRoutes(app: FastifyInstance, shop: Shop): void {
  const status = object({ status: text, database: text })
  app.get('/health', { schema: { response: { 200: status, 503: status } } }, async (_request, reply) => {
    const isUp = await answersInTime(shop)
    return reply.code(isUp ? 200 : 503).send({ status: isUp ? 'ok' : 'unavailable', database: isUp ? 'up' : 'no answer' })
  })

  app.get('/metrics', async (_request, reply) => reply.type(shop.metrics.contentType).send(await shop.metrics.page()))
}

async function answersInTime(shop: Shop): Promise<boolean> {
  const patience = new AbortController()
  const answer = shop.database.rows(ping).then(
    () => true,
    () => false,
  )
  const tooLate = sleep(patienceMs, false, { signal: patience.signal }).catch(() => false)
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    patience.abort()
  }
}
