import { expect, test } from 'vitest'
import { service } from './builders.ts'
import { fault } from './faults/index.ts'
import type { ResolveOptions } from './resolve-plan.ts'
import { failure, noDeclarations, ok, peak, resolve, right } from '../../test/kit/resolved-plan.ts'

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['no load', peak({ for: '1s' }), 'tests.peak: expected exactly one load: `users`, `arrivals`'],
  ['two loads', peak({ ...ok, arrivals: '5/s' }), 'got `users`, `arrivals`'],
  ['users without for', peak({ users: 1 }), "tests.peak.for: expected a duration such as '30s' beside `users`, got nothing"],
  [
    'a wrong duration',
    peak({ users: 1, for: '30x' }),
    "tests.peak.for: expected a duration such as '500ms', '30s' or '2m', longer than nothing, got '30x'. The units are",
  ],
  ['a duration without unit', peak({ users: 1, for: '30' }), "Did you mean '30s'?"],
  [
    'a wrong rate',
    peak({ arrivals: '5 per s', for: '1s' }),
    "tests.peak.arrivals: expected a rate such as '50/s', '3000/m' or '1/h' above zero, or a list of stages, got '5 per s'",
  ],
  ['a rate of zero', peak({ arrivals: 0, for: '1s' }), 'got 0 (number)'],
  ['half a user', peak({ users: 1.5, for: '1s' }), 'got 1.5 (number)'],
  ['an unknown key', peak({ ...ok, warmpu: '1s' }), 'tests.peak.warmpu: expected one of'],
  ['the nearest right key', peak({ ...ok, warmpu: '1s' }), 'Did you mean `warmup`?'],
  ['a misspelt key in quick', peak({ ...ok, quick: { fro: '1s' } }), 'tests.peak.quick.fro'],
  ['a wrong value in quick', peak({ ...ok, quick: { for: 'x' } }), 'tests.peak.quick.for: expected a duration'],
  ['a misspelt key of the plan', { ...right, scenarois: {} }, 'scenarois: expected one of'],
  ['no tests', { scenarios: right.scenarios }, 'tests: expected at least one test'],
  ['no scenarios', { tests: { peak: ok } }, 'scenarios: expected at least one scenario'],
  [
    'a scenario without the call',
    { ...right, scenarios: { browse: { run: () => undefined } } },
    'scenarios.browse: expected a scenario',
  ],
  [
    'an unknown scenario in the mix',
    { ...right, mix: { bwose: 1 } },
    'mix.bwose: expected one of `browse`, `buy`, got `bwose`. Did you mean `browse`?',
  ],
  ['an unknown scenario in a load', peak({ load: { byu: ok } }), 'tests.peak.load.byu'],
  ['a mix of zero', peak({ ...ok, mix: { buy: 0 } }), 'tests.peak.mix: expected a share above zero'],
  ['a negative share', { ...right, mix: { buy: -1 } }, 'mix.buy: expected a share'],
  ['an empty list of stages', peak({ users: [] }), 'tests.peak.users: expected at least one stage'],
  ['a stage without over', peak({ users: [{ to: 5 }] }), 'tests.peak.users[0].over'],
  ['a first hold', peak({ users: [{ hold: '1s' }] }), 'a first stage with `to`'],
  ['stages and for', peak({ users: [{ to: 5, over: '1s' }], for: '1s' }), 'tests.peak.for: expected no `for` beside stages'],
  ['steps without each', peak({ steps: { users: [1] } }), 'tests.peak.steps.each'],
  ['steps of both', peak({ steps: { users: [1], arrivals: [1], each: '1s' } }), 'exactly one of `users` and `arrivals`'],
  [
    'iterations without users',
    peak({ iterations: 10 }),
    'tests.peak.users: expected the number of users who share the iterations',
  ],
  [
    'a warm-up as long as the load',
    peak({ ...ok, warmup: '1s' }),
    'tests.peak.warmup: expected less than the length of the load',
  ],
  [
    'an objective',
    peak({ ...ok, objectives: ['p95 < 100'] }),
    'tests.peak.objectives[0]: expected a duration such as `100ms` for `p95` at column 7, got `100`',
  ],
  ['an objective that is no list', peak({ ...ok, objectives: 'p95 < 1s' }), "Write ['p95 < 1s']."],
  ['a phase that is not there', peak({ ...ok, objectives: ['p95 < 1s during peek'] }), 'a phase of this test: `load`'],
  ['for in an objective', { ...right, objectives: ['errors < 1% for 5s'] }, '`for` belongs to stopWhen'],
  ['an unknown metric', { ...right, objectives: ['eror < 1%'] }, 'Did you mean `errors`?'],
  ['a URL', { ...right, target: { url: 'localhost:80' } }, 'target.url: expected a URL'],
  ['start and pid', { ...right, target: { start: 'node x', pid: 5 } }, 'one of `start`, `pid` and `port`'],
  ['an open quote', { ...right, target: { start: 'node "x' } }, 'A quote is not closed.'],
  ['a service', { ...right, services: { db: {} } }, 'services.db: expected a service such as'],
  [
    'too few connections',
    { ...right, services: { db: { kind: 'postgres', maxConnections: '50' } } },
    "services.db.maxConnections: expected a whole number of at least 5, got '50'",
  ],
  ['a redirect count', { ...right, http: { redirects: -1 } }, 'http.redirects: expected a whole number, 0 or more'],
  ['an address range', { ...right, http: { localAddresses: '127.0.0.9-2' } }, 'http.localAddresses'],
  ['a connection rule', { ...right, http: { connections: 'per user' } }, "Did you mean 'per-user'?"],
  ['a certificate that is not there', { ...right, http: { tls: { ca: 'nowhere.pem' } } }, 'http.tls.ca: expected a PEM text'],
])('a plan is refused for %s', (_, options, expected) => {
  const error = failure(options)
  expect(error.code).toBe('PLAN_INVALID')
  expect(error.exitCode).toBe(2)
  expect(error.message).toContain(expected)
})

test('all problems are in one message, each once', () => {
  const error = failure({ ...right, mxi: {}, tests: { a: { users: 1 }, b: { arrivals: 'x', for: '1s' } }, objectives: ['p95 <'] })
  const lines = error.message.split('\n').filter((line) => line.includes('expected'))
  expect(lines).toHaveLength(4)
  expect(error.message).toContain('has 4 values that cannot be used')
})

test('an environment variable that is not set, and a secret that cannot be hidden, are problems', () => {
  const env = [
    { name: 'TOKEN', value: undefined, secret: false, tooShort: false },
    { name: 'PIN', value: '1', secret: false, tooShort: true },
  ]
  const error = failure(right, { declarations: { ...noDeclarations, env } })
  expect(error.message).toContain('expected the environment variable TOKEN to be set')
  expect(error.message).toContain('a secret of at least 4 characters')
})

test('loads become stages, phases and lengths', () => {
  const { spec } = resolve({
    ...right,
    tests: {
      closed: { users: 10, for: '1m', warmup: '10s' },
      ramp: { arrivals: { stages: [{ to: '400/s', over: '30s' }, { hold: '2m' }], process: 'uniform', maxUsers: 50 } },
      stairs: { steps: { arrivals: ['100/s', '200/s', '100/s'], each: '10s' }, suite: 'stress' },
      many: { users: 4, iterations: 100 },
      look: { watch: true, for: '5s' },
      replay: { trace: 'times.txt' },
      beside: { for: '30s', load: { buy: { users: 20 }, browse: { arrivals: '50/s', for: '10s' } } },
      rates: { for: '30s', load: { browse: { arrivals: { rate: '50/s', process: 'uniform' } } } },
    },
  })
  expect(Object.fromEntries(spec.tests.map(({ name, loads }) => [name, loads.map(({ load }) => load)]))).toEqual({
    closed: [{ model: 'closed', stages: [{ from: 10, to: 10, durationSec: 60 }] }],
    ramp: [
      {
        model: 'open',
        process: 'uniform',
        maxUsers: 50,
        stages: [
          { from: 0, to: 400, durationSec: 30, phase: 'ramp to 400/s' },
          { from: 400, to: 400, durationSec: 120, phase: '400/s' },
        ],
      },
    ],
    stairs: [
      {
        model: 'open',
        process: 'poisson',
        maxUsers: 10_000,
        stages: [
          { from: 100, to: 100, durationSec: 10, phase: '100/s' },
          { from: 200, to: 200, durationSec: 10, phase: '200/s' },
          { from: 100, to: 100, durationSec: 10, phase: '100/s (2)' },
        ],
      },
    ],
    many: [{ model: 'iterations', users: 4, iterations: 100, limitSec: 600 }],
    look: [{ model: 'watch', durationSec: 5 }],
    replay: [{ model: 'trace', path: '/plans/times.txt', arrivals: 3, durationSec: 2.501, maxUsers: 10_000 }],
    rates: [{ model: 'open', process: 'uniform', maxUsers: 10_000, stages: [{ from: 50, to: 50, durationSec: 30 }] }],
    beside: [
      { model: 'open', process: 'poisson', maxUsers: 10_000, stages: [{ from: 50, to: 50, durationSec: 10 }] },
      { model: 'closed', stages: [{ from: 20, to: 20, durationSec: 30 }] },
    ],
  })
  expect(spec.tests.find(({ name }) => name === 'closed')?.phases).toEqual([
    { name: 'warmup', fromSec: 0, toSec: 10 },
    { name: 'load', fromSec: 10, toSec: 60 },
  ])
  expect(spec.tests.find(({ name }) => name === 'stairs')?.fresh).toBe(true)
  expect(spec.tests.find(({ name }) => name === 'beside')?.loads.map(({ mix }) => mix)).toEqual([{ browse: 1 }, { buy: 1 }])
  expect(spec.tests.find(({ name }) => name === 'beside')?.durationSec).toBe(30)
})

test('quick replaces the kind of load, keeps the rest, and the command line wins over it', () => {
  const plan = peak({
    steps: { users: [1, 2], each: '1m' },
    warmup: '5s',
    objectives: ['p95 < 1s'],
    quick: { users: 3, for: '10s', objectives: { extend: ['errors < 1%'] } },
  })
  const [quick] = resolve(plan, { quick: true }).spec.tests
  expect(quick).toMatchObject({ kind: 'users', durationSec: 10, warmupSec: 5 })
  expect(resolve(plan).spec.tests[0]).toMatchObject({ kind: 'steps', durationSec: 120 })
  expect(resolve(plan, { quick: true, settings: ['tests.peak.for=20s'] }).spec.tests[0]?.durationSec).toBe(20)
})

test("a test's list replaces the plan's, extend adds, --objective replaces both", () => {
  const plan = {
    ...right,
    objectives: ['p95 < 1s'],
    tests: { a: { ...ok, objectives: ['errors < 1%'] }, b: { ...ok, objectives: { extend: ['max < 9s'] } }, c: ok },
  }
  const texts = (more: Partial<ResolveOptions>) =>
    resolve(plan, more).spec.tests.map(({ objectives }) => objectives.map(({ text }) => text))
  expect(texts({})).toEqual([['errors < 1%'], ['p95 < 1s', 'max < 9s'], ['p95 < 1s']])
  expect(texts({ objectives: ['mean < 5ms'] })).toEqual([['mean < 5ms'], ['mean < 5ms'], ['mean < 5ms']])
})

test('--stop-when replaces the stop conditions of the plan and of its tests', () => {
  const plan = { ...right, stopWhen: ['errors > 50%'], tests: { a: { ...ok, stopWhen: ['p95 > 1s'] }, b: ok } }
  const texts = (more: Partial<ResolveOptions>) =>
    resolve(plan, more).spec.tests.map(({ stopWhen }) => stopWhen.map(({ text }) => text))
  expect(texts({})).toEqual([['p95 > 1s'], ['errors > 50%']])
  expect(texts({ stopWhen: ['generator.memory > 1GB', 'test.time > 60s'] })).toEqual([
    ['generator.memory > 1GB', 'test.time > 60s'],
    ['generator.memory > 1GB', 'test.time > 60s'],
  ])
  expect(failure(plan, { stopWhen: ['p95 > fast'] }).message).toContain("--stop-when 'p95 > fast'")
})

test('a test without load is not judged by inherited objectives on requests', () => {
  const plan = { ...right, objectives: ['p95 < 1s', 'target.cpu < 70%'], tests: { look: { watch: true, for: '5s' } } }
  expect(resolve(plan).spec.tests[0]?.objectives.map(({ text }) => text)).toEqual(['target.cpu < 70%'])
})

const shop = {
  ...right,
  services: { db: service.postgres() },
  dependencies: { payments: 'http://pay:hidden-word@127.0.0.1:9000/v1/' },
  target: { url: 'http://127.0.0.1:8080', start: 'node shop.js', env: () => ({}) },
}

test('a test says which links our proxy stands in: those that it breaks, and those whose breaker is judged', () => {
  const { spec, secrets, dependencyUrls } = resolve({
    ...shop,
    nemesis: { every: '20s', for: '5s', faults: [fault.down('db')] },
    tests: {
      whole: ok,
      broken: { ...ok, for: '60s', faults: [{ at: '1s', for: '2s', fault: fault.latency('target') }] },
      breaker: { ...ok, objectives: ['breaker(payments) = ok'] },
      pool: { ...ok, for: '60s', objectives: ['pool(db) = ok'] },
      killed: { ...ok, for: '60s', faults: [{ at: '1s', fault: fault.restart('db') }] },
      soak: { ...ok, suite: 'soak', for: '60s' },
    },
  })
  expect(spec.tests.map(({ name, links }) => [name, links])).toEqual([
    ['whole', undefined],
    ['broken', ['target']],
    ['breaker', ['payments']],
    ['pool', ['db']],
    ['killed', undefined],
    ['soak', ['db']],
  ])
  expect(spec.dependencies).toEqual({ payments: { protocol: 'http', host: '127.0.0.1', port: 9000, path: '/v1' } })
  expect(dependencyUrls).toEqual({ payments: 'http://pay:hidden-word@127.0.0.1:9000/v1' })
  expect(secrets).toContain('hidden-word')
  expect(JSON.stringify(spec)).not.toContain('hidden-word')
})

test('the readiness of the target is asked for where a test breaks something', () => {
  const faults = [{ at: '1s', for: '2s', fault: fault.restart('db') }]
  const open = { url: 'http://127.0.0.1:8080/shop', start: 'node server.js' }
  const target = { ...open, ready: '/health' }
  const probesOf = (test: object, of: object = target) =>
    resolve({ ...shop, target: of, tests: { whole: ok, one: { ...ok, suite: 'stress', for: '60s', ...test } } }).spec.probes
  const asked = { kind: 'readiness', url: 'http://127.0.0.1:8080/health' }
  expect(probesOf({ faults })).toContainEqual(asked)
  expect(probesOf({ nemesis: { every: '10s', for: '1s', faults: [fault.restart('db')] } })).toContainEqual(asked)
  expect(probesOf({})).not.toContainEqual(asked)
  expect(probesOf({ faults }, open).map(({ kind }) => kind)).not.toContain('readiness')
})

test('at another target the tests that it does not allow are left out, and the others can run', () => {
  const faults = [{ at: '1s', for: '2s', fault: fault.down('db') }]
  const users = [{ at: '1s', for: '2s', fault: fault.latency('target') }]
  const tests = { whole: ok, broken: { ...ok, suite: 'stress', for: '60s', faults }, far: { ...ok, for: '60s', faults: users } }
  const here = resolve({ ...shop, tests }, { target: 'http://127.0.0.1:9999' })
  expect(here.spec.tests.map(({ name }) => name)).toEqual(['whole', 'far'])
  expect(here.unavailable).toMatchObject([{ name: 'broken', suite: 'stress' }])
  expect(here.unavailable[0]?.reason).toContain('the plan does not start the target')
  const staging = resolve({ ...shop, tests }, { target: 'https://staging.example.com' })
  expect(staging.unavailable.map(({ name }) => name)).toEqual(['broken', 'far'])
  // A typing mistake is one at every target.
  const wrong = { ...shop, tests: { one: { ...ok, for: '60s', faults: [{ at: '1s', for: '2s', fault: fault.down('bd') }] } } }
  expect(failure(wrong, { target: 'http://127.0.0.1:9999' }).message).toContain('faults[0].fault.on')
})

test('objectives on faults of the plan are for its tests with faults, and a wrong one of a test is told', () => {
  const faults = [{ at: '1s', for: '2s', fault: fault.down('db') }]
  const plan = { ...shop, objectives: ['errors < 1%', 'recovery < 30s'] }
  const { spec } = resolve({ ...plan, tests: { whole: ok, broken: { ...ok, for: '60s', faults } } })
  expect(spec.tests.map(({ objectives }) => objectives.map(({ text }) => text))).toEqual([
    ['errors < 1%'],
    ['errors < 1%', 'recovery < 30s'],
  ])
  const wrong = (test: object): string => failure({ ...shop, tests: { one: { ...ok, for: '60s', ...test } } }).message
  expect(wrong({ objectives: ['recovery < 30s'] })).toContain('expected `faults` in this test for `recovery`')
  expect(wrong({ faults, objectives: ['recovery(down(bd)) < 30s'] })).toContain('Did you mean `recovery(down(db))`?')
  expect(wrong({ faults, for: '4s', objectives: ['recovery < 30s'] })).toContain('goes on for at least 5 s after the last fault')
  expect(wrong({ objectives: ['breaker(payment) = ok'] })).toContain('Did you mean `breaker(payments)`?')
  expect(wrong({ objectives: ['pool(bd) = ok'] })).toContain('Did you mean `pool(db)`?')
  expect(wrong({ objectives: ['pool(payments) = ok'] })).toContain('expected a PostgreSQL service or dependency for `pool`')
  expect(wrong({ for: '20s', objectives: ['pool(db) = ok'] })).toContain(
    'a load of at least 30 s for `pool`, where it is 20 s long',
  )
  expect(wrong({ for: '50s', objectives: ['pool(db) = ok', 'breaker(payments) = ok'] })).toContain(
    'a load of at least 30 s for each of the 2 tests that share it for `pool`, where it is 50 s long',
  )
})

test('what crosses a link can be judged: our proxy stands in the links that objectives and stop conditions name', () => {
  const { spec } = resolve({
    ...shop,
    stopWhen: ['link.db.open > 50'],
    tests: {
      whole: { ...ok, stopWhen: [] },
      calls: { ...ok, objectives: ['link.payments.calls < 30/s', 'link.payments.failed < 1% over 5s'], stopWhen: [] },
      stops: ok,
      users: { ...ok, objectives: ['link.target.broken = 0/s', 'link.target.open.max < 100'], stopWhen: [] },
    },
  })
  expect(spec.tests.map(({ name, links }) => [name, links])).toEqual([
    ['whole', undefined],
    ['calls', ['payments']],
    ['stops', ['db']],
    ['users', ['target']],
  ])
  const wrong = (objective: string): string => failure({ ...shop, tests: { one: { ...ok, objectives: [objective] } } }).message
  expect(wrong('link.paiments.calls < 30/s')).toContain('Did you mean `link.payments.calls`?')
  expect(wrong('link.payments.cals < 30/s')).toContain('`link.NAME.calls`')
  expect(wrong('link.payments.calls < 30')).toContain('a rate')
  const inPlan = failure({ ...shop, stopWhen: ['link.paiments.open > 5'], tests: { one: ok } }).message
  expect(inPlan).toContain('Did you mean `link.payments.open`?')
})

test('a command is split as a shell would', () => {
  const { spec } = resolve({ ...right, target: { start: `node "my file.js" --name='a b' c\\ d ""` } })
  expect(spec.target?.start).toEqual(['node', 'my file.js', '--name=a b', 'c d', ''])
})

test('resolving does not change the plan', () => {
  const plan = { ...right, tests: { peak: { ...ok, quick: { for: '2s' } } } }
  const before = structuredClone(plan.tests)
  resolve(plan, { quick: true, settings: ['tests.peak.users=5'] })
  expect(plan.tests).toEqual(before)
})
