import { expect, test } from 'vitest'
import { Problems, formatPath } from '../base/check.ts'
import { resolveDependencies } from './resolve-dependencies.ts'

function read(value: unknown, iOwn: readonly string[] = []) {
  const problems = new Problems()
  const resolved = resolveDependencies(problems, value, { taken: ['db', 'target'], iOwn })
  return { ...resolved, wrong: problems.list.map(({ path, expected, got }) => `${formatPath(path)}: ${expected}, got ${got}`) }
}

test('an address says what is spoken there, and a password in it is a secret', () => {
  const { specs, urls, secrets, wrong } = read({
    payments: 'http://127.0.0.1:9000/v1/',
    mail: 'tcp://[::1]:25',
    ledger: 'postgres://clerk:p%40ssword@127.0.0.1/books?sslmode=disable',
    web: 'http://localhost',
  })
  expect(wrong).toEqual([])
  expect(specs).toEqual({
    payments: { protocol: 'http', host: '127.0.0.1', port: 9000, path: '/v1' },
    mail: { protocol: 'tcp', host: '::1', port: 25, path: '' },
    ledger: { protocol: 'postgres', host: '127.0.0.1', port: 5432, path: '/books' },
    web: { protocol: 'http', host: 'localhost', port: 80, path: '' },
  })
  expect(urls['ledger']).toContain('p%40ssword')
  expect(secrets).toEqual(['p%40ssword', 'p@ssword'])
})

test.each([
  ['no object', ['x'], 'dependencies: an object such as'],
  ['a name that a service has', { db: 'tcp://127.0.0.1:1' }, 'dependencies.db: a name that neither'],
  ['no port', { mail: 'tcp://127.0.0.1' }, 'dependencies.mail: an address such as'],
  ['TLS', { payments: 'https://127.0.0.1' }, 'got something else (TLS)'],
  ['a public host', { payments: 'http://example.com' }, 'or a host that is listed in `iOwn`, got `example.com`'],
])('%s is told', (_, value, message) => {
  expect(read(value).wrong.join('\n')).toContain(message)
})

test('a password in an address that cannot be used is not shown', () => {
  expect(read({ payments: 'ftp://me:secretive@127.0.0.1' }).wrong.join()).not.toContain('secretive')
})

test('a public host that the plan owns may be broken', () => {
  expect(read({ payments: 'http://example.com' }, ['example.com']).wrong).toEqual([])
})
