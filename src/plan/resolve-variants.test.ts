import { describe, expect, it } from 'vitest'
import { failure, ok, peak, resolve, right } from '../../test/kit/resolved-plan.ts'

const started = { url: 'http://127.0.0.1:1', start: 'node server.js' }
const variants = { 'as it is': {}, 'pool of 20': { env: { POOL: 20, FAST: true } } }
const testsOf = (keys: Readonly<Record<string, unknown>>) => resolve({ ...peak({ ...ok, ...keys }), target: started }).spec.tests
const problemOf = (keys: Readonly<Record<string, unknown>>, target: unknown = started) =>
  failure({ ...peak({ ...ok, ...keys }), target }).message

describe('variants of a test', () => {
  it('become tests of their own, interleaved, every other round backwards', () => {
    expect(testsOf({ variants, repeat: 2 }).map(({ name }) => name)).toEqual([
      'peak · as it is',
      'peak · pool of 20',
      'peak · pool of 20 · round 2',
      'peak · as it is · round 2',
    ])
  })

  it('start the target afresh with their environment, as texts', () => {
    const [first, second] = testsOf({ variants, repeat: 1, fresh: false })
    expect([first?.fresh, second?.fresh]).toEqual([true, true])
    expect(first?.variant).toEqual({ of: 'peak', name: 'as it is', round: 1, rounds: 1, env: {} })
    expect(second?.variant?.env).toEqual({ POOL: '20', FAST: 'true' })
  })

  it('have two rounds, and three where only two are compared', () => {
    expect(testsOf({ variants })).toHaveLength(6)
    expect(testsOf({ variants: { ...variants, third: {} } })).toHaveLength(6)
  })

  it('can be others in a quick run', () => {
    const quick = { repeat: 1, variants: { one: {}, two: {}, three: {} } }
    const options = { ...peak({ ...ok, variants, quick }), target: started }
    expect(resolve(options, { quick: true }).spec.tests.map(({ name }) => name)).toEqual([
      'peak · one',
      'peak · two',
      'peak · three',
    ])
  })

  it('need a target that is started here', () => {
    expect(problemOf({ variants }, { url: 'http://127.0.0.1:1' })).toContain('expected a target that proofload starts')
    const { spec, unavailable } = resolve({ ...peak({ ...ok, variants }), target: started }, { target: 'http://127.0.0.1:2' })
    expect(spec.tests).toEqual([])
    expect(unavailable).toMatchObject([{ name: 'peak' }])
  })

  it('are refused with where and why', () => {
    expect(problemOf({ variants: { only: {} } })).toContain('tests.peak.variants: expected two to 20 variants')
    expect(problemOf({ variants: { a: {}, b: { POOL: 1 } } })).toContain('tests.peak.variants.b.POOL: expected one of `env`')
    expect(problemOf({ variants: { a: {}, b: { env: { POOL: [1] } } } })).toContain('variants.b.env.POOL: expected a text')
    expect(problemOf({ repeat: 2 })).toContain('no `repeat` without `variants`')
    expect(problemOf({ variants, repeat: 0 })).toContain('a whole number of at least 1')
    const taken = { peak: { ...ok, variants }, 'peak · as it is': ok }
    expect(failure({ ...right, target: started, tests: taken }).message).toContain("'peak · as it is' twice")
  })
})
