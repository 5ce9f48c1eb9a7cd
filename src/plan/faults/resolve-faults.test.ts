import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { Problems, formatPath } from '../../base/check.ts'
import type { FaultAction } from '../../model/fault-spec.ts'
import type { TargetSpec } from '../../model/plan-spec.ts'
import { fault } from './builders.ts'
import { withFaultPhases } from './fault-phases.ts'
import type { PlaceSources } from './plan-places.ts'
import { planPlaces } from './plan-places.ts'
import { faultReaders } from './registry.ts'
import { resolveFaults } from './resolve-faults.ts'

const target: TargetSpec = {
  url: 'http://127.0.0.1:1',
  start: ['node'],
  cwd: '/',
  readyTimeoutSec: 1,
  stopTimeoutSec: 1,
  preload: true,
}
const sources: PlaceSources = {
  target,
  services: { db: { kind: 'postgres', maxConnections: 9, settings: {} } },
  dependencies: {
    payments: { protocol: 'http', host: '127.0.0.1', port: 9, path: '' },
    mail: { protocol: 'tcp', host: '127.0.0.1', port: 25, path: '' },
  },
  isEnvFunction: true,
  iOwn: [],
}

function read(value: unknown, having: Partial<PlaceSources> = {}) {
  const problems = new Problems()
  const places = planPlaces({ ...sources, ...having })
  const faults = resolveFaults(['faults'], value, { problems, dir: '/plans', durationSec: 60, places })
  const wrong = problems.list.map(
    ({ path, expected, got, hint }) => `${formatPath(path)}: ${expected}, got ${got}. ${hint ?? ''}`,
  )
  return { faults, wrong }
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

test.each<[string, unknown, FaultAction]>([
  ['down(db)', fault.down('db'), { kind: 'down', on: 'db' }],
  ['refuse(mail)', fault.refuse('mail'), { kind: 'refuse', on: 'mail' }],
  ['reset(db)', fault.reset('db'), { kind: 'reset', on: 'db' }],
  ['reset(db)', fault.reset('db', { after: '10kB' }), { kind: 'reset', on: 'db', afterBytes: 10_000 }],
  ['reset(db)', fault.reset('db', { after: '200ms' }), { kind: 'reset', on: 'db', afterMs: 200 }],
  ['acceptThenClose(db)', fault.acceptThenClose('db'), { kind: 'accept-then-close', on: 'db' }],
  ['hang(db)', fault.hang('db'), { kind: 'hang', on: 'db' }],
  ['synBlackhole(db)', fault.synBlackhole('db'), { kind: 'syn-blackhole', on: 'db' }],
  ['blackhole(db)', fault.blackhole('db'), { kind: 'blackhole', on: 'db', direction: 'down' }],
  ['cut(target)', fault.cut('target'), { kind: 'cut', on: 'target' }],
  [
    'latency(target)',
    fault.latency('target'),
    { kind: 'latency', on: 'target', delayMs: 200, jitterMs: 0, distribution: 'normal', direction: 'down', firstByte: false },
  ],
  [
    'latency(db)',
    fault.latency('db', '1s', { jitter: '100ms', distribution: 'pareto', direction: 'both', firstByte: true }),
    { kind: 'latency', on: 'db', delayMs: 1000, jitterMs: 100, distribution: 'pareto', direction: 'both', firstByte: true },
  ],
  [
    'bandwidth(db)',
    fault.bandwidth('db', '50kB/s', { shared: true }),
    { kind: 'bandwidth', on: 'db', bytesPerSec: 50_000, direction: 'both', shared: true },
  ],
  ['slice(db)', fault.slice('db'), { kind: 'slice', on: 'db', bytes: 100, delayMs: 10, direction: 'down' }],
  ['limitBytes(db)', fault.limitBytes('db', '1kB'), { kind: 'limit-bytes', on: 'db', bytes: 1000 }],
  ['corrupt(db)', fault.corrupt('db', { share: '1%' }), { kind: 'corrupt', on: 'db', share: 0.01, direction: 'down' }],
  ['halfClose(db)', fault.halfClose('db'), { kind: 'half-close', on: 'db' }],
  ['slowClose(db)', fault.slowClose('db', '2s'), { kind: 'slow-close', on: 'db', delayMs: 2000 }],
  ['flap(db)', fault.flap('db', { up: '2s' }), { kind: 'flap', on: 'db', upMs: 2000, downMs: 1000 }],
  ['connectionLimit(db)', fault.connectionLimit('db', 5), { kind: 'connection-limit', on: 'db', connections: 5 }],
  ['status(payments)', fault.status('payments'), { kind: 'status', on: 'payments', status: 503 }],
  [
    'status(target)',
    fault.status('target', 429, { retryAfter: '5s' }),
    { kind: 'status', on: 'target', status: 429, retryAfter: 5 },
  ],
  [
    'status(target)',
    fault.status('target', 503, { retryAfter: true }),
    { kind: 'status', on: 'target', status: 503, retryAfter: true },
  ],
  ['slowHeaders(payments)', fault.slowHeaders('payments', '2s'), { kind: 'slow-headers', on: 'payments', overMs: 2000 }],
  ['slowBody(payments)', fault.slowBody('payments'), { kind: 'slow-body', on: 'payments', overMs: 10_000 }],
  ['truncateBody(payments)', fault.truncateBody('payments', '20%'), { kind: 'truncate-body', on: 'payments', share: 0.2 }],
  ['loseAnswer(payments)', fault.loseAnswer('payments'), { kind: 'lose-answer', on: 'payments' }],
  ['duplicate(payments)', fault.duplicate('payments'), { kind: 'duplicate-delivery', on: 'payments' }],
  ['postgresError(db)', fault.postgresError('db', '57P01'), { kind: 'postgres-error', on: 'db', code: '57P01' }],
  ['loseCommit(db)', fault.loseCommit('db'), { kind: 'lose-commit', on: 'db' }],
  ['exhaustConnections(db)', fault.exhaustConnections('db', { leave: 1 }), { kind: 'exhaust-connections', on: 'db', leave: 1 }],
  ['killBackends(db)', fault.killBackends('db', { every: '1s' }), { kind: 'kill-backends', on: 'db', everyMs: 1000 }],
  ['lockTable(db)', fault.lockTable('db', 'orders'), { kind: 'lock-table', on: 'db', table: 'orders' }],
  ['longTransaction(db)', fault.longTransaction('db'), { kind: 'long-transaction', on: 'db' }],
  ['readOnly(db)', fault.readOnly('db'), { kind: 'read-only', on: 'db' }],
  ['exhaustPool(db)', fault.exhaustPool('db'), { kind: 'exhaust-pool', on: 'db' }],
  ['exhaustPool(db)', fault.exhaustPool('db', { connections: 8 }), { kind: 'exhaust-pool', on: 'db', connections: 8 }],
  ['pause(target)', fault.pause('target'), { kind: 'pause', on: 'target' }],
  ['pause(4711)', fault.pause(4711), { kind: 'pause', on: 4711 }],
  ['kill(db)', fault.kill('db'), { kind: 'kill', on: 'db' }],
  ['terminate(target)', fault.terminate('target'), { kind: 'terminate', on: 'target' }],
  ['crashLoop(target)', fault.crashLoop('target'), { kind: 'crash-loop', on: 'target', everyMs: 5000 }],
  ['restart(db)', fault.restart('db'), { kind: 'restart', on: 'db' }],
  ['cpuQuota(target)', fault.cpuQuota('target', '20%'), { kind: 'cpu-quota', on: 'target', share: 0.2 }],
  ['blockEventLoop', fault.blockEventLoop(), { kind: 'block-event-loop', blockMs: 500, everyMs: 1000 }],
  ['gcPressure', fault.gcPressure({ perSec: '50MB' }), { kind: 'gc-pressure', bytesPerSec: 5e7 }],
  ['openFiles', fault.openFiles({ count: 9 }), { kind: 'open-files', files: 9 }],
  ['slowDns', fault.slowDns(), { kind: 'slow-dns', delayMs: 2000 }],
  ['failDns', fault.failDns({ code: 'EAI_AGAIN' }), { kind: 'fail-dns', code: 'EAI_AGAIN' }],
])('%s is read', (id, given, action) => {
  const { faults, wrong } = read([{ at: '10s', for: '5s', fault: given }])
  expect(wrong).toEqual([])
  expect(faults).toEqual([{ id, atSec: 10, forSec: 5, fault: action }])
})

test('every fault that a plan can name is read by somebody, and nothing else is', () => {
  expect(Object.keys(fault).sort()).toEqual(Object.keys(faultReaders).sort())
})

const at = { at: '1s', for: '1s' }

test('a fault of a link meets some requests or connections, where the plan says so', () => {
  const { faults, wrong } = read([
    { ...at, fault: fault.status('payments'), where: 'POST /pay', percent: '20%' },
    { ...at, fault: fault.reset('db'), first: 3 },
    { ...at, fault: fault.latency('target'), every: 5 },
  ])
  expect(wrong).toEqual([])
  expect(faults?.map(({ scope }) => scope)).toEqual([{ where: 'POST /pay', share: 0.2 }, { first: 3 }, { every: 5 }])
})

test('a restart needs no length', () => {
  expect(read([{ at: '1s', fault: fault.restart('target') }])).toMatchObject({ wrong: [], faults: [{ forSec: 0 }] })
})

test.each<[string, unknown, Partial<PlaceSources>, string]>([
  [
    'a misspelt place',
    { ...at, fault: fault.down('bd') },
    {},
    "faults[0].fault.on: a link that our proxy can stand in: one of `target`, `db`, `payments`, `mail`, got 'bd'. Did you mean 'db'?",
  ],
  ['a misspelt fault', { ...at, fault: { kind: 'fault', fault: 'latnecy', on: 'db' } }, {}, 'Did you mean `fault.latency`?'],
  [
    'a fault of HTTP on a database',
    { ...at, fault: fault.status('db') },
    {},
    "a link that speaks HTTP, got 'db': what is spoken there is PostgreSQL",
  ],
  [
    'a fault of HTTP on TLS',
    { ...at, fault: fault.status('target') },
    { target: { ...target, url: 'https://127.0.0.1' } },
    'what is spoken there is not known to us',
  ],
  [
    'a fault in a database that is none',
    { ...at, fault: fault.readOnly('payments') },
    {},
    "a PostgreSQL of the plan, got 'payments': it is no database",
  ],
  ['a process that is not known', { ...at, fault: fault.pause('payments') }, {}, "'payments': its process is not known"],
  [
    'a restart of what the plan does not start',
    { at: '1s', fault: fault.restart('target') },
    { target: { url: 'http://127.0.0.1:1', attach: { port: 1 }, cwd: '/', readyTimeoutSec: 1, stopTimeoutSec: 1 } },
    'so that it cannot be started again',
  ],
  [
    'a target that cannot be given the address of the proxy',
    { ...at, fault: fault.down('db') },
    { isEnvFunction: false },
    '`target.env` is no function',
  ],
  [
    'a target that is not started, and a link behind it',
    { ...at, fault: fault.down('db') },
    { target: { url: 'http://127.0.0.1:1', cwd: '/', readyTimeoutSec: 1, stopTimeoutSec: 1 } },
    'the plan does not start the target',
  ],
  [
    'a public host',
    { ...at, fault: fault.down('target') },
    { target: { ...target, url: 'http://example.com' } },
    'not in `iOwn`',
  ],
  [
    'a fault inside a target that is not preloaded',
    { ...at, fault: fault.gcPressure() },
    { target: { ...target, preload: false } },
    'faults[0].fault: a Node target that the plan starts, with `preload: true` in `target`',
  ],
  [
    'a path on a link without requests',
    { ...at, fault: fault.reset('db'), where: 'GET /' },
    {},
    'faults[0].where: no `where` on a link that does not speak HTTP',
  ],
  [
    'a path for a fault of connections',
    { ...at, fault: fault.latency('payments', '1s'), where: 'GET /' },
    {},
    'faults[0].where: no `where`: this fault is on connections',
  ],
  [
    'a share of a fault that meets nobody',
    { ...at, fault: fault.kill('db'), percent: '5%' },
    {},
    'faults[0].percent: no `percent`',
  ],
  [
    'two ways to say how many',
    { ...at, fault: fault.reset('db'), first: 1, every: 2 },
    {},
    'faults[0]: one of `percent`, `first` and `every`',
  ],
  [
    'a retry that is no time',
    { ...at, fault: { ...fault.status('payments'), retryAfter: 'soon' } },
    {},
    'faults[0].fault.retryAfter: a duration',
  ],
  ['a status that is none', { ...at, fault: fault.status('payments', 999) }, {}, 'faults[0].fault.status: a status from 200'],
  [
    'a table that is missing',
    { ...at, fault: { kind: 'fault', fault: 'lockTable', on: 'db' } },
    {},
    'faults[0].fault.table: the name of a table',
  ],
  [
    'a block longer than its period',
    { ...at, fault: fault.blockEventLoop({ block: '3s' }) },
    {},
    'faults[0].fault.block: no longer than',
  ],
])('%s is told with its place', (_, entry, having, message) => {
  expect(read([entry], having).wrong.join('\n')).toContain(message)
})

test('a public host that the plan owns may be broken', () => {
  const owned = { target: { ...target, url: 'http://example.com' }, iOwn: ['example.com'] }
  expect(read([{ ...at, fault: fault.down('target') }], owned).wrong).toEqual([])
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
