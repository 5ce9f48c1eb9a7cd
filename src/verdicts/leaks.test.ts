import { describe, expect, test } from 'vitest'
import type { HealthyOptions } from '../../test/kit/healthy-record.ts'
import { closedLoad, healthyRecord, histogramOf, openLoad } from '../../test/kit/healthy-record.ts'
import { seededRandom } from '../../src/base/random.ts'
import { judgeRun } from './judge-run.ts'

const seconds = 180
const perSec = 100

function judged(options: HealthyOptions) {
  const data = healthyRecord({
    seconds,
    perSec,
    load: openLoad(perSec, seconds),
    times: () => Array<number>(perSec).fill(5),
    ...options,
  })
  return judgeRun(data).tests[0]!
}

const leakIds = (options: HealthyOptions) =>
  judged(options).findings.flatMap(({ id }) => (id.endsWith('-leak') || id === 'memory-growth' ? [id] : []))
const verdictOf = (probe: string, options: HealthyOptions) => judged(options).leaks?.find(({ resource }) => resource === probe)

const oldSpace = 'metrics.nodejs_heap_space_size_used_bytes{space="old"}'

/** An old space that is collected every few seconds and keeps `kept` bytes. */
function heap(kept: (sec: number) => number): HealthyOptions {
  const random = seededRandom(5)
  let garbage = 0
  const readings = Array.from({ length: seconds }, (_, sec) => {
    garbage = garbage > 8e6 ? 3e5 * random.next() : garbage + 1e6 + 1e6 * random.next()
    return 2e7 + kept(sec) + garbage
  })
  return { probes: (sec) => ({ [oldSpace]: readings[sec] ?? 0 }) }
}

describe('in process', () => {
  const none = histogramOf([])
  const inProcess = (generatorMemory: (sec: number) => number): HealthyOptions => ({
    plan: { probes: [] },
    request: () => ({ count: 0, response: none, service: none }),
    probes: (sec) => ({ 'generator.memory': generatorMemory(sec) }),
  })

  test('buffers that every iteration leaves behind are seen in the memory of the process', () => {
    expect(leakIds(inProcess((sec) => 1e8 + 1e6 * sec))).toEqual(['memory-leak'])
    expect(leakIds(inProcess((sec) => 1e8 + 5e7 * (1 - Math.exp(-sec / 10))))).toEqual([])
  })
})

describe('memory', () => {
  test('that is kept of every request is named, with bytes a request and the time until it is used up', () => {
    const { findings, leaks } = judged(heap((sec) => 1000 * perSec * sec))
    expect(findings.map(({ id }) => id)).toEqual(['memory-leak'])
    expect(findings[0]?.evidence).toMatch(
      /^Old objects in Node’s heap: \+(9\d\d B|1(\.0\d)? kB) a request \(99 % interval .* MB in 1\d\d s\./,
    )
    // 8 GB of the machine at 100 kB a second: 22 h.
    expect(findings[0]?.evidence).toMatch(/the memory of this machine is reached in 2[12](\.\d)? h\.$/)
    expect(leaks?.[0]).toMatchObject({ resource: oldSpace, verdict: 'leak', limit: 8e9 })
    expect(leaks?.[0]?.line?.toSec).toBeGreaterThan(160)
  })

  test('that garbage takes for a while, or a cache, is none', () => {
    expect(
      verdictOf(
        oldSpace,
        heap(() => 0),
      )?.verdict,
    ).toBe('none')
    expect(
      verdictOf(
        oldSpace,
        heap((sec) => 2e7 * (1 - Math.exp(-sec / 30))),
      )?.verdict,
    ).toBe('none')
    expect(leakIds(heap((sec) => 2e7 * (1 - Math.exp(-sec / 30))))).toEqual([])
  })

  test('that is gone with a process that was restarted is judged of the longest life of one process', () => {
    const restartSec = 115
    const life = (sec: number) => (sec < restartSec ? sec : sec - restartSec)
    const events = [{ t: 2 + restartSec, kind: 'target-ready', pid: 2, startupSec: 0.5 } as const]
    expect(verdictOf(oldSpace, { ...heap((sec) => 1000 * perSec * life(sec)), events })).toMatchObject({ verdict: 'leak' })
    expect(verdictOf(oldSpace, { ...heap(() => 0), events })).toMatchObject({ verdict: 'none' })
    // A cache that is filled again.
    const filled = heap((sec) => 2e7 * (1 - Math.exp(-life(sec) / 10)))
    expect(leakIds({ ...filled, events })).toEqual([])
  })

  test('that was never collected says nothing', () => {
    const rising: HealthyOptions = { probes: (sec) => ({ [oldSpace]: 2e7 + 1e5 * sec }) }
    expect(verdictOf(oldSpace, rising)).toMatchObject({ verdict: 'unknown', perRequest: null })
    expect(leakIds(rising)).toEqual([])
  })

  test('as the kernel counts it must grow by more than a collector’s laziness', () => {
    const resident = (bytesPerSec: number): HealthyOptions => ({
      probes: (sec) => ({ 'target.memory': 1e8 + bytesPerSec * sec }),
    })
    expect(leakIds(resident(5e5))).toEqual(['memory-leak'])
    // 18 MB in the judged two minutes of a young server.
    expect(verdictOf('target.memory', resident(1.5e5))?.verdict).toBe('unknown')
    expect(leakIds(resident(5e4))).toEqual([])
  })

  test('that requests hold which pile up is not called a leak', () => {
    const piling: HealthyOptions = {
      probes: (sec) => ({ 'target.memory': 1e8 + 1e6 * sec }),
      generator: (sec) => ({ inFlightSec: 5 + sec, inFlightMax: 10 + sec }),
    }
    expect(verdictOf('target.memory', piling)).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('pile up') as string,
    })
  })
})

describe('counts', () => {
  const files = (at: (sec: number) => number, limit = 1024): HealthyOptions => ({
    probes: (sec) => ({ 'target.files.plain': at(sec), 'target.files': at(sec) + 50, 'target.files.limit': limit }),
  })

  test('of files that rise are named with the time until the limit', () => {
    const { findings } = judged(files((sec) => 30 + Math.floor(sec / 2)))
    expect(findings[0]?.id).toBe('file-leak')
    // One in two seconds; 119 plain ones and 50 sockets are open, so 855 are left: 28.5 min.
    expect(findings[0]?.evidence).toMatch(/\+5(\.0\d)? in 1,000 requests .* the limit of 1,024 is reached in 2[89] min\.$/)
  })

  test('of a log that is rotated, or of a few files more, are not', () => {
    expect(leakIds(files((sec) => 30 + (sec % 20)))).toEqual([])
    expect(leakIds(files((sec) => 30 + Math.floor(sec / 20)))).toEqual([])
  })

  const sockets = (at: (sec: number) => number): HealthyOptions => ({ probes: (sec) => ({ 'target.sockets.own': at(sec) }) })

  test('of sockets that no client holds are named, a pool that fills up is not', () => {
    expect(leakIds(sockets((sec) => 5 + sec))).toEqual(['socket-leak'])
    expect(leakIds(sockets((sec) => 5 + 40 * (1 - Math.exp(-sec / 20))))).toEqual([])
    // Slowly, up to the number that was ever in flight at once.
    const slow = {
      ...sockets((sec) => 5 + Math.floor(sec / 4)),
      generator: (sec: number) => (sec === 90 ? { inFlightMax: 60 } : {}),
    }
    expect(verdictOf('target.sockets.own', slow)?.verdict).toBe('unknown')
  })

  test('of sockets that go with the users are not', () => {
    const load = closedLoad(100, seconds)
    expect(
      verdictOf('target.sockets.own', {
        ...sockets((sec) => 5 + sec),
        load,
        generator: (sec) => ({ usersMean: sec, usersMax: sec }),
      }),
    ).toMatchObject({
      verdict: 'none',
      reason: 'It grows with the users that are there',
    })
  })

  test('of connections are named once, not as sockets as well', () => {
    const connections: HealthyOptions = {
      plan: { probes: [{ kind: 'postgres', service: 'db' }] },
      probes: (sec) => ({ 'db.connections.total': 5 + sec, 'db.connections.limit': 500, 'target.sockets.own': 6 + sec }),
    }
    const named = judged(connections).findings.filter(({ id }) => id.endsWith('-leak'))
    expect(named.map(({ id }) => id)).toEqual(['connection-leak'])
    expect(named[0]?.evidence).toContain('the limit of 500 is reached in')
  })
})

test('a load that climbs all the time is no basis', () => {
  const load = {
    model: 'open' as const,
    process: 'poisson' as const,
    stages: [{ from: 10, to: 200, durationSec: seconds }],
    maxUsers: 1000,
  }
  expect(verdictOf('target.memory', { load, probes: (sec) => ({ 'target.memory': 1e8 + 1e6 * sec }) })).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringContaining('never stays the same') as string,
  })
})

test('functions in process leak into the heap of the workers', () => {
  const random = seededRandom(3)
  const inProcess: HealthyOptions = {
    request: () => ({ count: 0 }),
    generator: (sec) => ({ heapBytes: 5e7 + 2000 * perSec * sec + (sec % 5) * 4e6 + 1e5 * random.next() }),
  }
  expect(leakIds(inProcess)).toEqual(['memory-leak'])
  expect(judged({ request: () => ({ count: 0 }) }).leaks?.map(({ verdict }) => verdict)).toEqual(['unknown'])
})

test('what is given back after the load was a backlog', () => {
  const after = (value: number): HealthyOptions => ({
    probes: (sec) => ({ 'target.files.plain': sec < seconds - 1 ? 30 + sec : value }),
  })
  const data = (value: number) => {
    const record = healthyRecord({
      seconds,
      perSec,
      load: openLoad(perSec, seconds),
      times: () => Array<number>(perSec).fill(5),
      ...after(220),
    })
    for (let t = 0; t < 10; t++)
      record.addWindow({ t: seconds + 2.5 + t, kind: 'probe', values: { 'target.files.plain': value } })
    return judgeRun(record).tests[0]!.leaks?.[0]
  }
  expect(data(220)?.verdict).toBe('leak')
  expect(data(31)).toMatchObject({ verdict: 'none', reason: 'It was given back after the load' })
})

test('a soak says when it was too short to tell', () => {
  const soakCheck = (options: HealthyOptions) =>
    judged({ ...options, spec: { suite: 'soak' } }).validity.checks.find(({ id }) => id === 'soak-length')
  expect(soakCheck(heap((sec) => 1000 * perSec * sec))?.verdict).toBe('ok')
  expect(soakCheck({ probes: () => ({ [oldSpace]: 2e7 }) })).toMatchObject({ verdict: 'warn' })
  expect(judged({}).validity.checks.some(({ id }) => id === 'soak-length')).toBe(false)
})
