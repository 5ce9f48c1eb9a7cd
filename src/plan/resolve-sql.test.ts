import { describe, expect, test } from 'vitest'
import { Problems } from '../base/check.ts'
import type { PostgresSpec, ProcessServiceSpec } from '../model/plan-spec.ts'
import { databaseHosts } from './allowed-hosts.ts'
import { resolveSql } from './resolve-sql.ts'

const db: PostgresSpec = { kind: 'postgres', maxConnections: 20, settings: {} }
const api: ProcessServiceSpec = {
  kind: 'process',
  protocol: 'http',
  url: 'http://127.0.0.1:0',
  start: ['node'],
  cwd: '/',
  env: {},
  readyTimeoutSec: 1,
  stopTimeoutSec: 1,
}

function problemsOf(value: unknown, services = {}): string {
  const problems = new Problems()
  resolveSql(problems, value, services)
  return JSON.stringify(problems.list)
}

describe('sql of a plan', () => {
  test('has defaults, and goes to the only database', () => {
    const problems = new Problems()
    expect(resolveSql(problems, undefined, { api, db })).toEqual({
      service: 'db',
      maxConnections: 10,
      connectTimeoutMs: 5000,
      timeoutMs: 30_000,
      statementTimeoutMs: 0,
      prepare: false,
    })
    expect(problems.list).toEqual([])
  })

  test('goes nowhere by itself where there are two databases, or none', () => {
    expect(resolveSql(new Problems(), undefined, { db, other: db }).service).toBeUndefined()
    expect(resolveSql(new Problems(), undefined, { api }).service).toBeUndefined()
    expect(resolveSql(new Problems(), { service: 'other' }, { db, other: db }).service).toBe('other')
  })

  test('takes what is said', () => {
    const given = { maxConnections: 3, connectTimeout: '1s', timeout: '2s', statementTimeout: '500ms', prepare: true }
    expect(resolveSql(new Problems(), given, { db })).toEqual({
      service: 'db',
      maxConnections: 3,
      connectTimeoutMs: 1000,
      timeoutMs: 2000,
      statementTimeoutMs: 500,
      prepare: true,
    })
  })

  test('names what is wrong with it', () => {
    expect(problemsOf({ service: 'dp' }, { db })).toContain('The plan has `db`')
    expect(problemsOf({ maxConnections: 0 }, { db })).toContain('at least 1')
    expect(problemsOf({ pool: 3 }, { db })).toContain('pool')
  })

  test('does not repeat an address, which may hold a password', () => {
    const told = problemsOf({ service: 'postgres://me:secret@127.0.0.1/shop' }, { db })
    expect(told).toContain('an address')
    expect(told).not.toContain('secret')
  })
})

describe('statements may go to', () => {
  const plan = { allowHosts: ['pg.internal.example:5433'], iOwn: ['db.example.com'] }

  test('databases among the services that are near, and what the plan names or owns', () => {
    const services = {
      db: { url: 'postgres://u:p@127.0.0.1:5499/x' },
      lan: { url: 'postgresql://10.0.0.7/x' },
      api: { url: 'http://127.0.0.1:80' },
    }
    expect(databaseHosts(plan, services)).toEqual([
      'pg.internal.example:5433',
      'db.example.com',
      '127.0.0.1:5499',
      '10.0.0.7:5432',
    ])
  })

  test('no public database, although it is a service', () => {
    expect(databaseHosts({ allowHosts: [], iOwn: [] }, { db: { url: 'postgres://u@93.184.216.34/x' } })).toEqual([])
  })
})
