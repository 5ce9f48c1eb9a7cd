import type { FastifyRequest } from 'fastify'
import { ChatError } from '../errors.ts'
import { Fields } from '../limits.ts'

/** What a request says in its path, its query and its body, read by the same rules as a command. */
export function fieldsOf({ params, query, body }: FastifyRequest, isStrict: boolean): Fields {
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    throw new ChatError('invalid', 'Expected a JSON object.')
  }
  return new Fields({ ...body, ...numbered(query), ...(params as object) }, isStrict) // Fastify's parameters are an object always
}

/** A query has texts only. */
function numbered(query: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(query as object) // Fastify's query is an object always
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value]),
  )
}
