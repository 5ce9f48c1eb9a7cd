import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../model/run-event.ts'
import type { RunHeader } from '../model/run-header.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { GeneratorWindow, WindowLine } from '../model/sample.ts'
import { createRecorder, mergedDistribution } from '../metrics/index.ts'
import { createRunData, readRecord, responsesBySecond, slidingRequests } from './index.ts'
import type { RunData } from './index.ts'

// Nothing here is read by what is tested.
const header = { schema: 'proofload.record/1', seed: 1 } as RunHeader

function spec(over: Partial<TestSpec> = {}): TestSpec {
  const lists = { loads: [], phases: [], objectives: [], stopWhen: [] }
  return {
    name: 'peak',
    suite: 'load',
    kind: 'users',
    durationSec: 10,
    warmupSec: 2,
    gracefulStopSec: 5,
    fresh: false,
    ...lists,
    ...over,
  }
}

function generator(over: Partial<GeneratorWindow> = {}): GeneratorWindow {
  return {
    kind: 'generator',
    worker: 0,
    lengthSec: 1,
    usersMean: 5,
    usersMax: 5,
    inFlightSec: 2,
    inFlightMax: 3,
    iterationsInFlightSec: 5,
    thinkSec: 0,
    planned: 10,
    started: 9,
    queued: 1,
    dropped: { usersCap: 0, generator: 1, target: 0 },
    usersCapSec: 0,
    socketsCapSec: 0,
    lateSends: 0,
    sends: 10,
    gaps: { count: 0, sum: 0, sumSquares: 0 },
    cpu: 0.1,
    runQueueWait: 0,
    loopBusy: 0.1,
    loopDelayP99Ms: 1,
    loopDelayMaxMs: 2,
    gcMaxMs: 0,
    heapBytes: 0,
    silenceMaxMs: 0,
    clockBackwards: 0,
    requestsStarted: 10,
    requestsInFlight: 0,
    ...over,
  }
}

/** Requests of one second: `ms` each. */
function second(t: number, name: string, ms: readonly number[], failed = 0): WindowLine[] {
  const recorder = createRecorder({ maxSeries: 10 })
  const parts = { queueMs: 0, dnsMs: 0, connectMs: 0, tlsMs: 0, firstByteMs: 0, downloadMs: 0 }
  for (const [i, endMs] of ms.entries()) {
    const failure = i < failed ? 'status' : undefined
    recorder.request(name, {
      retryAfter: false,
      intendedMs: 0,
      sentMs: endMs / 2,
      endMs,
      bytesIn: 10,
      bytesOut: 5,
      status: failure ? 500 : 200,
      failure,
      ...parts,
    })
  }
  const windows = recorder.take()
  recorder.destroy()
  return windows.map((window) => ({ t, test: 'peak', ...window }))
}

const begun: RunEvent[] = [
  { t: 0, kind: 'run-started', schema: 'proofload.record/1', startedAt: '2026-01-01T00:00:00Z' },
  { t: 1.5, kind: 'test-started', test: 'peak', spec: spec() },
  { t: 2.25, kind: 'load-started', test: 'peak' },
]

function fill(events: readonly RunEvent[], windows: readonly WindowLine[]): RunData {
  const data = createRunData(header)
  for (const event of events) data.addEvent(event)
  for (const line of windows) data.addWindow(line)
  return data
}

/** Ten seconds from 2.25 on the run clock; request k of second s takes s + 1 ms. */
const tenSeconds = Array.from({ length: 10 }, (_, s) => [
  ...second(2.25 + s, 'a', [s + 1, s + 1]),
  ...second(2.25 + s, 'b', [100], 1),
]).flat()

describe('run data', () => {
  it('adds up a test, by name and by range', () => {
    const test = fill(begun, tenSeconds).test('peak')!
    expect(test.series('request')).toEqual(['a', 'b'])
    expect(test.total('request')).toMatchObject({
      count: 30,
      failed: 10,
      bytesIn: 300,
      bytesOut: 150,
      statuses: { 200: 20, 500: 10 },
      failures: { status: 10 },
    })
    const some = test.total('request', { name: 'a', range: { from: 2, to: 4 } })
    expect(some.count).toBe(4)
    expect([some.response.min, some.response.max, some.service.max]).toEqual([3000, 4000, 2000])
    expect(test.total('request', { name: 'nobody' }).count).toBe(0)
  })

  it('is the same in any order, and whether events or windows come first', () => {
    const ended: RunEvent[] = [...begun, { t: 12.25, kind: 'load-ended', test: 'peak', reason: 'completed' }]
    const picture = (data: RunData) => {
      const test = data.test('peak')!
      return { rows: test.rows(), buckets: test.total('request').response.buckets(), judged: test.judged }
    }
    const expected = picture(fill(ended, tenSeconds))
    expect(picture(fill(ended, tenSeconds.toReversed()))).toEqual(expected)
    const windowsFirst = createRunData(header)
    for (const line of tenSeconds) windowsFirst.addWindow(line)
    for (const event of ended) windowsFirst.addEvent(event)
    expect(picture(windowsFirst)).toEqual(expected)
  })

  it('adds the windows of several workers for one second, also when one comes late', () => {
    const data = fill(begun, tenSeconds)
    const test = data.test('peak')!
    expect([
      test.rows()[3]!.count,
      test.total('request', { range: { from: 3, to: 4 } }).count,
      test.total('request').count,
    ]).toEqual([3, 3, 30])
    for (const line of second(2.25 + 3, 'a', [7, 7])) data.addWindow(line)
    expect([
      test.rows()[3]!.count,
      test.total('request', { range: { from: 3, to: 4 } }).count,
      test.total('request').count,
    ]).toEqual([5, 5, 32])
    expect(test.rows({ name: 'a' })[3]).toMatchObject({ count: 4, p50Ms: 4.001, maxMs: 7 })
  })

  it('grows its totals exactly as if they had been added up at the end', () => {
    const data = fill(begun, [])
    const test = data.test('peak')!
    for (const line of tenSeconds) {
      data.addWindow(line)
      test.total('request', { range: { from: 1, to: 200 } })
      test.total('request', { range: { from: 1, to: 3 } })
    }
    const whole = tenSeconds.flatMap((line) => (line.kind === 'request' && line.t >= 3.25 ? [line.response] : []))
    expect(test.total('request', { range: { from: 1, to: 200 } }).response.buckets()).toEqual(mergedDistribution(whole).buckets())
    expect(test.total('request', { range: { from: 1, to: 3 } }).count).toBe(6)
  })

  it('has a row for every second, with the load of all workers in it', () => {
    const generators: WindowLine[] = [generator(), generator({ worker: 1, usersMean: 3, inFlightSec: 1 })].map((g) => ({
      t: 4.25,
      test: 'peak',
      ...g,
    }))
    const test = fill(begun, [...second(2.25, 'a', [1]), ...second(4.25, 'a', [5, 10], 1), ...generators]).test('peak')!
    const rows = test.rows()
    expect(rows.map(({ sec, count }) => [sec, count])).toEqual([
      [0, 1],
      [1, 0],
      [2, 2],
    ])
    expect(rows[1]).toMatchObject({ p50Ms: null, meanMs: null, samples: 0, users: 0 })
    expect(rows[2]).toMatchObject({
      failed: 1,
      p50Ms: 5.003,
      p99Ms: 10,
      meanMs: 7.5,
      users: 8,
      inFlight: 3,
      started: 18,
      planned: 20,
      dropped: 2,
    })
    expect(test.generators({ from: 2, to: 3 }).map(({ window }) => window.worker)).toEqual([0, 1])
  })

  it('judges the whole seconds between warm-up and end of load', () => {
    const end = (t: number, over: Partial<TestSpec> = {}, reason: 'completed' | 'stopped' = 'completed') => {
      const test = fill(
        [
          { t: 1.5, kind: 'test-started', test: 'peak', spec: spec(over) },
          begun[2]!,
          { t, kind: 'load-ended', test: 'peak', reason },
        ],
        tenSeconds,
      )
      return test.test('peak')!
    }
    expect(end(12.25).judged).toEqual({ from: 2, to: 10 })
    expect(end(9.85, {}, 'stopped').judged).toEqual({ from: 2, to: 7 })
    // A number of iterations ends where it ends: its last second belongs to it.
    expect(end(9.85, { kind: 'iterations', warmupSec: 0 }).judged).toEqual({ from: 0, to: 8 })
    expect(end(9.85, { kind: 'iterations', warmupSec: 0 }).secondsIn({ from: 0, to: 8 })).toBeCloseTo(7.6)
    // Shorter than a second: better the part than nothing.
    expect(end(2.65, { warmupSec: 0 }).judged).toEqual({ from: 0, to: 1 })
    expect(end(3, {}).judged).toEqual({ from: 2, to: 2 })
  })

  it('slides a window over a range, each the same as its total', () => {
    const test = fill(begun, tenSeconds).test('peak')!
    const windows = [...slidingRequests(test, { lengthSec: 3, range: { from: 2, to: 8 } })]
    expect(windows.map(({ range }) => range.from)).toEqual([2, 3, 4, 5])
    for (const { range, ...window } of windows) {
      const total = test.total('request', { range })
      expect([window.count, window.failed, window.bytesIn]).toEqual([total.count, total.failed, total.bytesIn])
      expect(window.response.buckets()).toEqual(total.response.buckets())
      expect(window.service.quantile(0.5)).toBe(total.service.quantile(0.5))
    }
    const [first] = slidingRequests(test, { lengthSec: 2, range: { from: 4, to: 6 }, name: 'a' })
    expect([first!.count, first!.response.min, first!.response.max]).toEqual([4, 5000, 6000])
    expect([...slidingRequests(test, { lengthSec: 20, range: { from: 0, to: 10 } })]).toEqual([])
    expect(responsesBySecond(test, { range: { from: 0, to: 3 }, name: 'a' }).map(({ max }) => max)).toEqual([1000, 2000, 3000])
  })

  it('slices probes to the test, on its own clock', () => {
    const probes: WindowLine[] = [1, 2, 3, 4, 20].map((t) => ({ t, kind: 'probe', values: { 'target.cpu': t / 100 } }))
    const data = fill([...begun, { t: 13, kind: 'test-ended', test: 'peak', reason: 'completed' }], probes.toReversed())
    const test = data.test('peak')!
    expect(data.probe('target.cpu').map(({ t }) => t)).toEqual([1, 2, 3, 4, 20])
    expect(test.probe('target.cpu').map(({ t }) => t)).toEqual([-0.25, 0.75, 1.75])
    expect(test.probe('target.cpu', { from: 0, to: 1 })).toEqual([{ t: 0.75, value: 0.03 }])
    expect([test.probe('nothing'), data.probeNames]).toEqual([[], ['target.cpu']])
  })

  it('keeps examples, facts, units and how things ended', () => {
    const data = fill(
      [
        ...begun,
        { t: 3, kind: 'probe-units', units: { 'target.cpu': 'ratio' } },
        { t: 3, kind: 'probe-fact', probe: 'db', fact: 'slowest', value: 'select 1' },
        { t: 4, kind: 'probe-fact', probe: 'db', fact: 'slowest', value: 'select 2' },
        {
          t: 5,
          kind: 'failure-example',
          test: 'peak',
          failure: 'status',
          name: 'a',
          message: '500',
          user: 1,
          iteration: 0,
          atSec: 5,
        },
        { t: 6, kind: 'load-ended', test: 'peak', reason: 'stopped' },
        { t: 7, kind: 'test-ended', test: 'peak', reason: 'stopped' },
        { t: 8, kind: 'run-ended', reason: 'stopped' },
      ],
      [],
    )
    const test = data.test('peak')!
    expect([data.fact('db', 'slowest'), data.probeUnits, data.end, data.lastSec]).toEqual([
      'select 2',
      { 'target.cpu': 'ratio' },
      'stopped',
      8,
    ])
    expect(test.examples).toEqual([{ failure: 'status', name: 'a', message: '500', user: 1, iteration: 0, atSec: 5 }])
    expect([test.loadEnd, test.end, test.endSec, test.loadSec]).toEqual(['stopped', 'stopped', 7, 3.75])
  })
})

describe('a record on disk', () => {
  const events = begun.map((event) => JSON.stringify(event))
  const windows = tenSeconds.map((line) => JSON.stringify(line))

  it('is read as it was written', () => {
    const { data, torn, problems } = readRecord({ header, events, windows })
    expect([torn, problems, data.test('peak')!.total('request').count]).toEqual([false, [], 30])
  })

  it('of a killed run lacks its last line and is read without it', () => {
    const cut = [...windows.slice(0, -1), windows.at(-1)!.slice(0, 40)]
    const { data, torn, problems } = readRecord({ header, events: [...events, '{"t":4,"ki'], windows: cut })
    expect([torn, problems, data.test('peak')!.total('request').count]).toEqual([true, [], 29])
    expect(data.test('peak')!.end).toBeUndefined()
  })

  it('tells of every other line that it cannot read', () => {
    const { data, torn, problems } = readRecord({
      header,
      events: ['[1]', ...events, ''],
      windows: [windows[0]!, '{broken', ...windows.slice(1), '{"t":1}'],
    })
    expect(torn).toBe(false)
    expect(problems).toHaveLength(3)
    expect(problems[0]).toBe('events.ndjson:1: expected an object with "kind" and "t"')
    expect(problems[1]).toMatch(/^windows\.ndjson:2: /)
    expect(data.test('peak')!.total('request').count).toBe(30)
  })
})
