import { expect, test } from 'vitest'
import { csv, env, plan, scenario, service } from './index.ts'

// Each expected error is checked by the compiler: without it, this file does not compile.

const browse = scenario(async ({ http }) => http.get('/'))
const tests = { peak: { users: 1, for: '1s' } }

test('a misspelt key or name does not compile', () => {
  const accounts = () => csv<{ user: string }>('accounts.csv')
  const wrong = () => [
    // @ts-expect-error: `warmpu` is no key
    plan({ scenarios: { browse }, tests: { peak: { users: 1, for: '1s', warmpu: '1s' } } }),
    // @ts-expect-error: `bruise` is no scenario
    plan({ scenarios: { browse }, mix: { bruise: 1 }, tests }),
    // @ts-expect-error: `bruise` is no scenario
    plan({ scenarios: { browse }, tests: { peak: { load: { bruise: { users: 1 } } } } }),
    // @ts-expect-error: `urll` is no key
    plan({ target: { urll: '' }, scenarios: { browse }, tests }),
    plan({
      services: { db: service.postgres() },
      // @ts-expect-error: `cache` is no service of this plan
      target: { env: ({ cache }) => ({ A: typeof cache }) },
      scenarios: { browse },
      tests,
    }),
    // @ts-expect-error: a function is no scenario
    plan({ scenarios: { browse: () => undefined }, tests }),
    // @ts-expect-error: `stpo` is no key
    scenario({ run: () => undefined, stpo: () => undefined }),
    // @ts-expect-error: a row has `user`
    scenario(({ vu }) => vu.row(accounts()).name),
    // @ts-expect-error: an id is a text or a number
    scenario(({ audit }) => audit.write({ id: 1 }, () => undefined)),
    // @ts-expect-error: only `setup`, `audit` and `teardown` know what is there
    scenario(({ audit }) => typeof audit.read),
    // @ts-expect-error: no test at all
    plan({ scenarios: { browse } }),
    // @ts-expect-error: `secrt` is no key
    env('TOKEN', { secrt: true }),
  ]
  expect(wrong).toBeTypeOf('function')
})

test('what a write answers comes back from the audit', () => {
  const write = scenario(async ({ http, audit }) => {
    const answer = await audit.write('a', () => http.post('/'))
    const given = await audit.write(
      ({ id }) => id,
      () => ({ id: 7 }),
    )
    await audit.readBack('a', () => http.get('/'), ({ status }) => status === 200) // prettier-ignore
    return answer.status + given.id
  })
  expect(write.kind).toBe('scenario')
})

test('types flow from start to run, from services to env and, by parameter, from setup to scenarios', () => {
  const buy = scenario<{ token: string }, { tenant: string }>({
    start: ({ vu }) => ({ token: vu.shared.tenant }),
    run: ({ vu }) => vu.state.token.length + vu.shared.tenant.length,
  })
  const inferred = scenario({
    start: async () => Promise.resolve({ count: 1 }),
    run: ({ vu }) => vu.state.count + 1,
    stop: ({ vu }) => vu.state.count.toFixed(),
  })
  const definition = plan({
    services: { db: service.postgres() },
    target: { env: ({ db }) => ({ URL: db.url, PORT: 80, UNSET: undefined }) },
    scenarios: { buy, inferred },
    setup: ({ services }) => ({ tenant: services.db.url }),
    audit: ({ shared, test, services, audit }) => audit.read([shared.tenant, test, { id: services.db.url, count: 2 }]),
    teardown: ({ shared }) => shared.tenant.length,
    tests: { peak: { arrivals: [{ to: '5/s', over: '1s' }, { hold: '1s' }], mix: { buy: 1 } } },
  })
  expect(definition.kind).toBe('plan')
})
