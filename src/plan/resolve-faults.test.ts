import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { Problems, formatPath } from '../base/check.ts'
import { fault } from './builders.ts'
import { faultNotYet, resolveFaults, withFaultPhases } from './resolve-faults.ts'

function read(value: unknown) {
  const problems = new Problems()
  const faults = resolveFaults(['faults'], value, { problems, dir: '/plans', durationSec: 60 })
  return { faults, wrong: problems.list.map(({ path, expected }) => `${formatPath(path)}: ${expected}`) }
}

test('each kind of pressure is read with its own figures', () => {
  const at = { at: '10s', for: '5s' }
  const { faults, wrong } = read([
    { ...at, fault: fault.cpu({ cores: 2, share: '80%' }) },
    { ...at, fault: fault.cpu() },
    { ...at, fault: fault.memory({ bytes: '500MB', over: '5s' }) },
    { ...at, fault: fault.files({ count: 5000 }) },
    { ...at, fault: fault.disk({ fill: '200MB', dir: 'data' }) },
    { ...at, fault: fault.disk({ leave: '1GB' }) },
    { ...at, fault: fault.fsync({ perSec: 50, dir: '/var/data' }) },
  ])
  expect(wrong).toEqual([])
  expect(faults?.map(({ id, fault: action }) => [id, action])).toEqual([
    ['cpu', { kind: 'cpu-pressure', cores: 2, share: 0.8 }],
    ['cpu 2', { kind: 'cpu-pressure', cores: 1, share: 1 }],
    ['memory', { kind: 'memory-pressure', bytes: 5e8, rampSec: 5 }],
    ['files', { kind: 'file-pressure', files: 5000 }],
    ['disk', { kind: 'disk-fill', dir: '/plans/data', bytes: 2e8 }],
    ['disk 2', { kind: 'disk-fill', dir: tmpdir(), leaveFreeBytes: 1e9 }],
    ['fsync', { kind: 'fsync-storm', dir: '/var/data', perSec: 50 }],
  ])
  expect(faults?.[0]).toMatchObject({ atSec: 10, forSec: 5 })
})

test.each([
  ['no list', {}, 'faults: a list with'],
  ['an empty list', [], 'faults: a list with'],
  ['no time', [{ for: '5s', fault: fault.cpu() }], 'faults[0].at: when it begins'],
  ['no length', [{ at: '5s', fault: fault.cpu() }], 'faults[0].for: how long it stays'],
  ['an end after that of the load', [{ at: '55s', for: '10s', fault: fault.cpu() }], 'faults[0]: an end within the load'],
  ['something that is no fault', [{ at: '1s', for: '1s', fault: 'cpu' }], 'faults[0].fault: a fault such as'],
  ['a misspelt figure', [{ at: '1s', for: '1s', fault: { ...fault.cpu(), core: 2 } }], 'faults[0].fault.core: one of'],
  ['a share beyond the whole', [{ at: '1s', for: '1s', fault: fault.cpu({ share: '180%' }) }], 'faults[0].fault.share: '],
  [
    'memory without an amount',
    [{ at: '1s', for: '1s', fault: { kind: 'fault', fault: 'memory' } }],
    'faults[0].fault.bytes: how much',
  ],
  [
    'both ways to fill a disk',
    [{ at: '1s', for: '1s', fault: { kind: 'fault', fault: 'disk', fill: 1, leave: 1 } }],
    'faults[0].fault: one of',
  ],
])('%s is told with its place', (_, value, message) => {
  expect(read(value).wrong.join('\n')).toContain(message)
})

test('a fault of a later version is named', () => {
  expect(faultNotYet([{ at: 1, fault: fault.cpu() }])).toBeUndefined()
  expect(
    faultNotYet([
      { at: 1, fault: fault.cpu() },
      { at: 1, fault: fault.down('db') },
    ]),
  ).toBe('down')
})

test('a test with faults has a phase before, one for each, and one after', () => {
  const { faults } = read([
    { at: '20s', for: '10s', fault: fault.cpu() },
    { at: '40s', for: '5s', fault: fault.files({ count: 9 }) },
  ])
  const load = [
    { name: 'warmup', fromSec: 0, toSec: 5 },
    { name: 'load', fromSec: 5, toSec: 60 },
  ]
  expect(withFaultPhases(load, faults, { warmupSec: 5, durationSec: 60 })).toEqual([
    { name: 'warmup', fromSec: 0, toSec: 5 },
    { name: 'before', fromSec: 5, toSec: 20 },
    { name: 'cpu', fromSec: 20, toSec: 30 },
    { name: 'files', fromSec: 40, toSec: 45 },
    { name: 'after', fromSec: 45, toSec: 60 },
  ])
  expect(withFaultPhases(load, undefined, { warmupSec: 5, durationSec: 60 })).toBe(load)
})
