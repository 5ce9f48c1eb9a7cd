import fastify, { type FastifyInstance } from 'fastify'
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkQueue, type WorkQueueOptions } from './work-queue.ts'

/** The largest amount that is authorised; more is declined. */
export const largestCents = 5_000_000

/** Answers are kept by idempotency key for so many payments; the oldest make room. */
const keptPayments = 200_000

interface Payment {
  readonly key: string
  readonly amountCents: number
  readonly status: 'authorised' | 'declined'
}

interface Counts {
  /** Requests for an authorisation, repeated ones included. */
  requests: number
  authorised: number
  declined: number
  /** Answered with what was decided before, or is being decided, for the same key. */
  repeated: number
  refused: number
}

const text = { type: 'string' } as const
const integer = { type: 'integer' } as const
const payment = { type: 'object', properties: { key: text, amountCents: integer, status: text } }
const headers = {
  type: 'object',
  required: ['idempotency-key'],
  properties: { 'idempotency-key': { type: 'string', minLength: 1, maxLength: 100 } },
}
const body = { type: 'object', required: ['amountCents'], properties: { amountCents: { type: 'integer', minimum: 1 } } }

/**
 * A payment service. One key is one payment, however often it is asked for: a repeated request gets the first answer and costs nothing, one that comes
 * while the first is being decided waits for it.
 */
export function createPayments(options: WorkQueueOptions): FastifyInstance {
  const app = fastify({ logger: false, keepAliveTimeout: 72_000 })
  const queue = new WorkQueue(options)
  const payments = new Map<string, Promise<Payment>>()
  const counts: Counts = { requests: 0, authorised: 0, declined: 0, repeated: 0, refused: 0 }

  const decide = async (key: string, amountCents: number, doneAtMs: number): Promise<Payment> => {
    await sleep(Math.max(0, doneAtMs - performance.now()))
    const status = amountCents > largestCents ? 'declined' : 'authorised'
    counts[status] += 1
    return { key, amountCents, status }
  }

  app.post<{ Headers: { 'idempotency-key': string }; Body: { amountCents: number } }>(
    '/payments',
    { schema: { headers, body, response: { 200: payment, 201: payment, 402: payment } } },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const { amountCents } = request.body
      counts.requests += 1
      const known = payments.get(key)
      if (known !== undefined) {
        counts.repeated += 1
        const decided = await known
        if (decided.amountCents !== amountCents)
          return reply.code(422).send({ error: 'key_reused', message: 'This key was used for another amount.' })
        return reply.code(decided.status === 'declined' ? 402 : 200).send(decided)
      }
      const admitted = queue.admit(performance.now())
      if ('retryAfterMs' in admitted) {
        counts.refused += 1
        void reply.header('retry-after', Math.ceil(admitted.retryAfterMs / 1_000))
        return reply.code(503).send({ error: 'overloaded', message: 'Too many payments wait.' })
      }
      const deciding = decide(key, amountCents, admitted.doneAtMs)
      payments.set(key, deciding)
      for (const oldest of payments.keys()) {
        if (payments.size <= keptPayments) break
        payments.delete(oldest)
      }
      const decided = await deciding
      return reply.code(decided.status === 'declined' ? 402 : 201).send(decided)
    },
  )

  app.get('/health', () => ({ status: 'ok' }))

  // What a test of a tool can compare its own numbers with.
  app.get('/truth', () => ({
    ...options,
    capacityPerSec: (options.workers * 1_000) / options.serviceMs,
    ...counts,
    distinct: payments.size,
  }))
  return app
}
