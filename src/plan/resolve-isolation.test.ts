import { expect, test } from 'vitest'
import { failure, ok, resolve, right } from '../../test/kit/resolved-plan.ts'
import { service } from './builders.ts'

const services = { db: service.postgres() }
const target = { url: 'http://127.0.0.1:8080', start: 'node server.js' }
const tests = { a: ok, b: { ...ok, isolate: true }, c: { ...ok, isolate: false, fresh: false } }

test('a test is isolated by its own word, then by that of the plan or the command line, and its target is then started afresh', () => {
  const isolated = (plan: object, isolate = false) =>
    resolve({ ...right, services, target, tests, ...plan }, { isolate }).spec.tests.map(({ isolate: own = false, fresh }) => [
      own,
      fresh,
    ])
  const [yes, no] = [
    [true, true],
    [false, false],
  ]
  expect(isolated({})).toEqual([no, yes, no])
  expect(isolated({ isolate: true })).toEqual([yes, yes, no])
  expect(isolated({}, true)).toEqual([yes, yes, no])
})

test('only databases and targets of the plan are made anew', () => {
  expect(failure({ ...right, isolate: true }).message).toContain('isolate: expected a database that the plan starts')
  expect(failure({ ...right, tests: { a: { ...ok, isolate: true } } }).message).toContain('tests.a.isolate: expected a database')
  expect(failure(right, { isolate: true }).message).toContain('--isolate: isolate: expected a database')
  const attached = { ...right, services, target: { url: target.url } }
  expect(failure({ ...attached, isolate: true }).message).toContain('a target that the plan starts')
  // Statements of the scenarios need no target.
  expect(resolve({ ...right, services, isolate: true }).spec.tests[0]?.isolate).toBe(true)
})

test('a test that only watches is in the suite `performance`, unless it says another', () => {
  const { spec } = resolve({ tests: { look: { watch: true, for: '5s' }, own: { watch: true, for: '5s', suite: 'load' } } })
  expect(spec.tests.map(({ suite }) => suite)).toEqual(['performance', 'load'])
})
