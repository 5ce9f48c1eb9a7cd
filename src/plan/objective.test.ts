import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MetricUnit, ObjectiveSpec } from '../model/objective-spec.ts'
import type { ObjectiveContext } from './objective.ts'
import { formatObjective } from './format-objective.ts'
import { parseObjective, readObjective } from './objective.ts'

const context: ObjectiveContext = {
  stopWhen: false,
  prefixes: ['db'],
  metrics: [
    { name: 'render', kind: 'trend', unit: 'ms' },
    { name: 'carts', kind: 'counter', unit: 'count' },
  ],
}

const stopping: ObjectiveContext = { ...context, stopWhen: true }

test.each<[string, Partial<ObjectiveSpec>]>([
  ['p95 < 100ms', { metric: { name: 'p95' }, op: '<', value: 100, unit: 'ms' }],
  ['errors < 1%', { metric: { name: 'errors' }, value: 0.01, unit: 'ratio' }],
  ['p99(POST /orders) < 250ms', { metric: { name: 'p99', selector: { kind: 'request', name: 'POST /orders' } }, value: 250 }],
  [
    'p99(step:check out) <= 1m30s',
    { metric: { name: 'p99', selector: { kind: 'step', name: 'check out' } }, op: '<=', value: 90_000 },
  ],
  ['p99.9(scenario:buy) < 1s', { metric: { name: 'p99.9', selector: { kind: 'scenario', name: 'buy' } } }],
  ['mean(GET /a(b)) < 1s', { metric: { name: 'mean', selector: { kind: 'request', name: 'GET /a(b)' } } }],
  [
    'checks(check:order ok) >= 99.9%',
    { metric: { name: 'checks', selector: { kind: 'check', name: 'order ok' } }, op: '>=', value: 0.999 },
  ],
  ['errors < 5% over 10s', { overSec: 10 }],
  ['p95 < 1s during 200 users', { during: '200 users' }],
  ['p95 < 1s over 5s during ramp to 400/s', { overSec: 5, during: 'ramp to 400/s' }],
  ['target.memory > 1GB', { value: 1e9, unit: 'bytes' }],
  ['target.memory.growth > 10MB/s', { value: 1e7, unit: 'bytesPerSec' }],
  ['target.files.growth < 5/s', { metric: { name: 'target.files.growth' }, value: 5, unit: 'perSec' }],
  ['host.memory.growth > 50MB/s', { value: 5e7, unit: 'bytesPerSec' }],
  ['host.disk.free < 5%', { value: 0.05, unit: 'ratio' }],
  ['host.disk.free < 1GB', { value: 1e9, unit: 'bytes' }],
  ['generator.memory > 25%', { value: 0.25, unit: 'ratio' }],
  ['generator.memory > 1GB', { value: 1e9, unit: 'bytes' }],
  ['host.pressure.io > 50%', { value: 0.5, unit: 'ratio' }],
  ['test.time > 300s', { metric: { name: 'test.time' }, value: 300, unit: 'sec' }],
  ['run.time > 1h', { value: 3600, unit: 'sec' }],
  ['throughput > 100/s', { value: 100, unit: 'perSec' }],
  ['capacity > 300/s', { metric: { name: 'capacity' }, value: 300, unit: 'perSec' }],
  ['capacity > 300', { metric: { name: 'capacity' }, value: 300 }],
  ['headroom > 20%', { metric: { name: 'headroom' }, value: 0.2, unit: 'ratio' }],
  ['degradation >= 0.9', { metric: { name: 'degradation' }, value: 0.9, unit: 'count' }],
  ['recovery < 30s', { value: 30, unit: 'sec' }],
  ['lost = 0', { op: '=', value: 0, unit: 'count' }],
  ['deliveries.lost = 0', { metric: { name: 'deliveries.lost' }, op: '=', value: 0, unit: 'count' }],
  ['ws.lifetime.p95 > 10s', { metric: { name: 'ws.lifetime.p95' }, value: 10_000, unit: 'ms' }],
  ['ws.closed.1006 = 0', { metric: { name: 'ws.closed.1006' }, value: 0, unit: 'count' }],
  ['tcp.closed.lost < 5', { metric: { name: 'tcp.closed.lost' }, value: 5, unit: 'count' }],
  ['p95(ws delivered room 1) < 100ms', { metric: { name: 'p95', selector: { kind: 'request', name: 'ws delivered room 1' } } }],
  ['recovery(down(db) 2) < 30s', { metric: { name: 'recovery', selector: { kind: 'fault', name: 'down(db) 2' } }, value: 30 }],
  ['impact < 20%', { metric: { name: 'impact' }, value: 0.2, unit: 'ratio' }],
  ['lostWork(down(db)) < 100', { metric: { name: 'lostWork', selector: { kind: 'fault', name: 'down(db)' } }, value: 100 }],
  ['metastable = no', { metric: { name: 'metastable' }, op: '=', value: 0, word: 'no' }],
  ['breaker(payments) = ok', { metric: { name: 'breaker', selector: { kind: 'link', name: 'payments' } }, value: 0, word: 'ok' }],
  ['breaker(payments) != stuck-open', { op: '!=', word: 'stuck-open' }],
  ['pool(db) != no-limit', { metric: { name: 'pool', selector: { kind: 'link', name: 'db' } }, op: '!=', word: 'no-limit' }],
  ['duplicates = 0', { op: '=', value: 0, unit: 'count' }],
  ['invariants = 0', { metric: { name: 'invariants' }, value: 0 }],
  ['render.p95 < 5ms', { metric: { name: 'render.p95' }, value: 5, unit: 'ms' }],
  ['carts > 10', { value: 10, unit: 'count' }],
  ['db.connections.active < 40', { metric: { name: 'db.connections.active' }, value: 40 }],
  ['host.memory > 90%', { value: 0.9, unit: 'ratio' }],
  ['p95<100ms', { metric: { name: 'p95' }, value: 100 }],
])('reads %s', (text, expected) => {
  expect(parseObjective(text, 'objectives[0]', context)).toMatchObject({ text, ...expected })
})

test.each<[string, number, string, string]>([
  ['', 1, 'a metric such as', 'the end'],
  ['p95', 4, 'one of `<=`', 'the end'],
  ['p95 100ms', 5, 'one of `<=`', '`100ms`'],
  ['p95 == 1s', 5, 'one of `<=`', '`==`'],
  ['p95 <', 6, 'a duration such as `100ms`', 'the end'],
  ['p95 < 100', 7, 'a duration such as `100ms`', '`100`'],
  ['errors < 1ms', 10, 'a percentage such as `1%`', '`1ms`'],
  ['errors < 0.01', 10, 'a percentage such as `1%`', '`0.01`'],
  ['errors < 101%', 10, 'at most `100%`', '`101%`'],
  ['target.memory > 1G', 17, 'a size such as `1GB`', '`1G`'],
  ['throughput > fast', 14, 'a rate such as `100/s`', '`fast`'],
  ['p95(GET / < 1s', 15, '`)` for the parenthesis at column 4', 'the end'],
  ['p95() < 1s', 5, 'the name of a request', 'nothing'],
  ['target.cpu(x) > 1%', 11, 'an operator', '`(`'],
  ['checks(step:x) > 1%', 8, 'a check after', '`step:`'],
  ['capacity > 300MB', 12, 'a rate such as `300/s`, or a number of users', '`300MB`'],
  ['headroom > 0.2', 12, 'a percentage such as `1%`', '`0.2`'],
  ['breaker = ok', 9, 'the name of a link after `breaker`, such as `breaker(payments)`', '`=`'],
  ['breaker(payments) < ok', 19, 'one of `!=`, `=`', '`<`'],
  ['pool(db) = full', 12, 'one of `ok`, `hangs`, `slow-fail`', '`full`'],
  ['breaker(payments) = fine', 21, 'one of `ok`, `absent`, `leaky`', '`fine`'],
  ['metastable = 0', 14, 'one of `no`, `yes`, `slow-recovery`', '`0`'],
  ['metastable =', 13, 'one of `no`', 'the end'],
  ['recovery(request:x) < 1s', 10, 'a fault after `recovery(`', '`request:`'],
  ['degradation >= 90', 16, 'a score from 0 to 1', '`90`'],
  ['p95 < 1s ovr 10s', 10, '`over`, `during` or the end', '`ovr`'],
  ['p95 < 1s over ten', 15, 'a duration such as `10s` after `over`', '`ten`'],
  ['p95 < 1s during', 16, 'the name of a phase', 'the end'],
  ['pp5 < 1s', 1, 'a metric such as', '`pp5`'],
  ['p100 < 1s', 1, 'a metric such as', '`p100`'],
  ['target.cup > 1%', 1, 'a metric such as', '`target.cup`'],
  ['target.time > 300s', 1, 'a metric such as', '`target.time`'],
  ['generator.memroy > 1GB', 1, 'a metric such as', '`generator.memroy`'],
  ['host.presure.io > 50%', 1, 'a metric such as', '`host.presure.io`'],
  ['host.disk.free < 5', 18, 'a size such as `1GB` or a percentage such as `5%`', '`5`'],
  ['cache.hits > 1%', 1, 'a metric such as', '`cache.hits`'],
])('%s is refused at column %i', (text, column, expected, got) => {
  const read = readObjective(text, context)
  expect(read).toMatchObject({ mistake: { column, got, expected: expect.stringContaining(expected) as string } })
})

test('a stop condition may hold for a time, and cannot wait for what is known only when the test is over', () => {
  expect(parseObjective('target.cpu > 95% for 10s', 'stopWhen[0]', stopping)).toMatchObject({
    metric: { name: 'target.cpu' },
    forSec: 10,
    value: 0.95,
  })
  for (const metric of [
    'recovery > 30s',
    'lost > 1',
    'breaker(db) = ok',
    'impact > 50%',
    'capacity < 300/s',
    'headroom < 20%',
    'degradation < 0.9',
  ])
    expect(readObjective(metric, stopping)).toMatchObject({
      mistake: { column: 1, expected: 'a metric that is known while the load runs' },
    })
})

test('a name that is nearly right, or what others call it, is answered with ours', () => {
  const hints = ['target.time > 300s', 'generator.memroy > 1GB', 'host.presure.io > 50%', 'target.memory.grow > 1MB/s'].map(
    (text) => readObjective(text, stopping),
  )
  expect(hints).toMatchObject(
    ['test.time', 'generator.memory', 'host.pressure.io', 'target.memory.growth'].map((name) => ({
      mistake: { hint: expect.stringContaining(`\`${name}\``) as string },
    })),
  )
})

test('a mistake points at its column', () => {
  expect(() => parseObjective('errors < 1ms', 'objectives[0]')).toThrow(
    'objectives[0]: expected a percentage such as `1%` (at most `100%`) for `errors` at column 10, got `1ms`\n      errors < 1ms\n               ^',
  )
})

test.each(['recovery(down(db) 2) < 30s', 'metastable = no', 'breaker(payments) = ok', 'p99(GET /a(b)) < 1s'])(
  '%s is written as people write it',
  (text) => {
    expect(formatObjective(parseObjective(text, 'objectives[0]', context))).toBe(text)
  },
)

test('an objective reads the same after it was formatted', () => {
  const metrics: readonly (readonly [string, MetricUnit, readonly string[]])[] = [
    ['p95', 'ms', ['request', 'step', 'scenario']],
    ['p99.9', 'ms', ['request']],
    ['service.mean', 'ms', ['request']],
    ['errors', 'ratio', ['request', 'step', 'scenario']],
    ['checks', 'ratio', ['check']],
    ['throughput', 'perSec', ['request']],
    ['target.memory', 'bytes', []],
    ['target.memory.growth', 'bytesPerSec', []],
    ['recovery', 'sec', ['fault']],
    ['lostWork', 'count', ['fault']],
    ['lost', 'count', []],
    ['render.p95', 'ms', []],
  ]
  const positive = fc.integer({ min: 1, max: 1_000_000 })
  const name = fc.string({ minLength: 1, maxLength: 20 })
  const objective = fc.constantFrom(...metrics).chain(([metric, unit, kinds]) =>
    fc.record({
      metric: fc.record({
        name: fc.constant(metric),
        ...(kinds.length > 0
          ? { selector: fc.option(fc.record({ kind: fc.constantFrom(...kinds), name }), { nil: undefined }) }
          : {}),
      }),
      op: fc.constantFrom('<', '<=', '>', '>=', '=', '!='),
      value: unit === 'ratio' ? fc.integer({ min: 0, max: 10_000 }).map((parts) => Number(`${parts}e-4`)) : positive,
      unit: fc.constant(unit),
      window: fc.option(
        fc.record({
          kind: fc.constantFrom(...(['recovery', 'lostWork', 'lost'].includes(metric) ? ['overSec'] : ['overSec', 'forSec'])),
          sec: positive,
        }),
        { nil: undefined },
      ),
      during: fc.option(
        name.filter((text) => text.trim() !== ''),
        { nil: undefined },
      ),
    }),
  )
  fc.assert(
    fc.property(objective, ({ metric, window, during, ...rest }) => {
      const spec = {
        ...rest,
        metric: metric.selector === undefined ? { name: metric.name } : metric,
        ...(window === undefined ? {} : { [window.kind]: window.sec }),
        ...(during === undefined ? {} : { during }),
      } as ObjectiveSpec // built from the grammar's own parts
      const text = formatObjective(spec)
      expect(parseObjective(text, 'here', window?.kind === 'forSec' ? stopping : context)).toEqual({ ...spec, text })
    }),
    { seed: 7, numRuns: 2000 },
  )
})
