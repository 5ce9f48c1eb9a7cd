import type { HttpAction, PostgresAction } from '../../model/link-fault.ts'
import type { FaultReader } from './reader.ts'
import { needed, readMs, readPart } from './reader.ts'
import type { Fields } from '../fields.ts'

type PostgresCode = Extract<PostgresAction, { kind: 'postgres-error' }>['code']

const http = (keys: readonly string[], read: (fields: Fields, on: string) => HttpAction): FaultReader => ({
  keys,
  on: 'http',
  read: (fields, { on }) => read(fields, on),
})

/** On links that speak HTTP. */
export const httpReaders: Readonly<Record<string, FaultReader>> = {
  status: http(['status', 'retryAfter'], (fields, on) => ({
    kind: 'status',
    on,
    status: readStatus(fields),
    ...readRetryAfter(fields),
  })),
  slowHeaders: http(['over'], (fields, on) => ({ kind: 'slow-headers', on, overMs: readMs(fields, 'over', 10_000) })),
  slowBody: http(['over'], (fields, on) => ({ kind: 'slow-body', on, overMs: readMs(fields, 'over', 10_000) })),
  truncateBody: http(['share'], (fields, on) => ({ kind: 'truncate-body', on, share: readPart(fields, 'share', 0.5) })),
  loseAnswer: http([], (_, on) => ({ kind: 'lose-answer', on })),
  duplicate: http([], (_, on) => ({ kind: 'duplicate-delivery', on })),
}

/** On links to PostgreSQL. */
export const postgresReaders: Readonly<Record<string, FaultReader>> = {
  postgresError: {
    keys: ['code'],
    on: 'postgres',
    read(fields, { on }) {
      const code = needed(
        fields,
        'code',
        fields.oneOf<PostgresCode>('code', ['53300', '57P01', '40001']),
        "one of '53300', '57P01', '40001'",
      )
      return code === undefined ? undefined : { kind: 'postgres-error', on, code }
    },
  },
  loseCommit: { keys: [], on: 'postgres', read: (_, { on }) => ({ kind: 'lose-commit', on }) },
}

function readStatus(fields: Fields): number {
  const status = fields.count('status', 100) ?? 503
  if (status < 200 || status > 599) fields.wrong('status', 'a status from 200 to 599')
  return status
}

function readRetryAfter(fields: Fields): { readonly retryAfter?: true | number } {
  const value = fields.raw('retryAfter')
  if (value === undefined) return {}
  if (value === true) return { retryAfter: true }
  const ms = fields.durationMs('retryAfter', 'zero')
  return ms === undefined ? {} : { retryAfter: Math.round(ms / 1000) }
}
