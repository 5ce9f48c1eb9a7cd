import { expect, test } from 'vitest'
import { Problems, formatPath } from '../../base/check.ts'
import type { TestSpec } from '../../model/plan-spec.ts'
import { fault } from './builders.ts'
import { resolveNemesis, withNemesis } from './nemesis.ts'
import { planPlaces } from './plan-places.ts'

const places = planPlaces({
  target: { url: 'http://127.0.0.1:1', start: ['node'], cwd: '/', readyTimeoutSec: 1, stopTimeoutSec: 1 },
  services: { db: { kind: 'postgres', maxConnections: 9, settings: {} } },
  dependencies: {},
  isEnvFunction: true,
  iOwn: [],
})

function read(value: unknown) {
  const problems = new Problems()
  const nemesis = resolveNemesis(['nemesis'], value, { problems, dir: '/', durationSec: 600, places })
  return { nemesis, wrong: problems.list.map(({ path, expected }) => `${formatPath(path)}: ${expected}`).join('\n') }
}

const soak: TestSpec = {
  name: 'soak',
  suite: 'soak',
  kind: 'arrivals',
  loads: [],
  durationSec: 600,
  warmupSec: 0,
  gracefulStopSec: 10,
  phases: [],
  objectives: [],
  stopWhen: [],
  fresh: false,
}

test('a nemesis draws one of its faults again and again, the same for the same seed', () => {
  const { nemesis, wrong } = read({
    every: '1m',
    for: '10s',
    faults: [fault.down('db'), { fault: fault.latency('target'), percent: '50%' }, fault.pause('target')],
  })
  expect(wrong).toBe('')
  expect(nemesis).toMatchObject({ fromSec: 60, everySec: 60, forSec: 10 })
  if (nemesis === undefined) throw new Error(wrong)
  const drawn = (seed: number): TestSpec['faults'] => withNemesis({ ...soak, nemesis }, seed).faults
  const faults = drawn(7) ?? []
  // The tenth would begin when the load ends.
  expect(faults.map(({ atSec, forSec }) => [atSec, forSec])).toEqual(
    [60, 120, 180, 240, 300, 360, 420, 480, 540].map((at) => [at, 10]),
  )
  expect(new Set(faults.map(({ id }) => id)).size).toBe(9)
  expect(new Set(faults.map(({ fault: { kind } }) => kind))).toEqual(new Set(['down', 'latency', 'pause']))
  expect(faults.find(({ fault: { kind } }) => kind === 'latency')?.scope).toEqual({ share: 0.5 })
  expect(drawn(7)).toEqual(faults)
  expect(drawn(8)).not.toEqual(faults)
})

test('what a nemesis draws stands beside the faults of the test, each with an id of its own', () => {
  const { nemesis } = read({ from: 0, every: '5m', for: '10s', faults: [fault.down('db')] })
  if (nemesis === undefined) throw new Error('no nemesis')
  const own = { id: 'down(db)', atSec: 30, forSec: 5, fault: { kind: 'down', on: 'db' } } as const
  const { faults } = withNemesis({ ...soak, nemesis, faults: [own] }, 1)
  expect(faults?.map(({ id, atSec }) => [id, atSec])).toEqual([
    ['down(db)', 30],
    ['down(db) 2', 0],
    ['down(db) 3', 300],
  ])
})

test('a test without a nemesis is left as it is', () => {
  expect(withNemesis(soak, 1)).toBe(soak)
})

test.each([
  ['no object', 'down', 'nemesis: a nemesis such as'],
  ['no faults', { every: '1m', for: '1s' }, 'nemesis.faults: a list of faults'],
  ['no length', { every: '1m', faults: [fault.down('db')] }, 'nemesis.for: how long'],
  ['faults that overlap', { every: '5s', for: '6s', faults: [fault.down('db')] }, 'nemesis.for: no longer than'],
  ['none within the load', { every: '20m', for: '6s', faults: [fault.down('db')] }, 'nemesis: a first fault within'],
  ['an unknown place', { every: '1m', for: '1s', faults: [fault.down('bd')] }, 'nemesis.faults[0].fault.on: a link'],
])('%s is told with its place', (_, value, message) => {
  expect(read(value).wrong).toContain(message)
})
