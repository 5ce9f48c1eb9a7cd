import type { FastifyInstance } from 'fastify'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chat } from '../chat.ts'

const patienceMs = 1_000

export function healthRoutes(app: FastifyInstance, chat: Chat): void {
  app.get('/health', async (_request, reply) => {
    const database = (await answersInTime(chat)) ? 'up' : 'no answer'
    const isWell = database === 'up' && !chat.isDraining
    const status = chat.isDraining ? 'draining' : isWell ? 'ok' : 'unavailable'
    return reply.code(isWell ? 200 : 503).send({ status, database })
  })
}

async function answersInTime(chat: Chat): Promise<boolean> {
  const patience = new AbortController()
  const tooLate = sleep(patienceMs, false, { signal: patience.signal }).catch(() => false)
  try {
    return await Promise.race([chat.isUp(), tooLate])
  } finally {
    patience.abort()
  }
}
