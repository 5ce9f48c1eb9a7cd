import { describe, expect, it } from 'vitest'
import { attackSpec } from '../../../test/kit/attacked/attack-on.ts'
import { guesses } from '../../../test/kit/attacked/simulated-attack.ts'
import type { HealthyOptions } from '../../../test/kit/healthy-record.ts'
import { healthyRecord, histogramOf } from '../../../test/kit/healthy-record.ts'
import { syntheticSearch } from '../../../test/kit/synthetic-search.ts'
import type { AttackSpec } from '../../model/attack-spec.ts'
import type { MonitorSpec, Scrape } from '../../model/monitor-spec.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { RunEvent } from '../../model/run-event.ts'
import { judgeRun } from '../judge-run.ts'
import { judgeMonitor } from './index.ts'

const seconds = 30
const perSec = 200
/** 5 to 25 ms, evenly. */
const times = Array.from({ length: perSec }, (_, i) => 5 + (20 * i) / perSec)
const bounds = [5, 10, 25, 50, 100] as const

const monitor: MonitorSpec = {
  counts: [
    { series: { text: 'http_requests_total', metric: 'http_requests_total', matchers: [] }, of: { kind: 'requests', names: [] } },
  ],
  latencies: [
    {
      series: { text: 'http_seconds', metric: 'http_seconds', matchers: [] },
      of: { kind: 'requests', names: [] },
      msPerUnit: 1000,
    },
  ],
  withinSec: 2,
}

interface Told {
  /** Requests that it has counted by a second of the load; default: all. */
  readonly counted?: (sec: number) => number
  /** What it says of a time; default: the time. */
  readonly timed?: (ms: number) => number
  readonly scrape?: (sec: number) => Partial<Scrape>
  readonly record?: HealthyOptions
  readonly attack?: AttackSpec
}

/** The looks of a run of the kit: before the load, in each second of it, and after its end; `sec` counts seconds of load that are over. */
function scrapes({ counted = (sec) => sec * perSec, timed = (ms) => ms, scrape = () => ({}) }: Told): readonly RunEvent[] {
  const said = times.map(timed)
  const look = (t: number, sec: number, asked: number): RunEvent => {
    const n = counted(sec)
    return {
      t,
      kind: 'scrape',
      tookSec: 0.01,
      asked,
      counts: [n],
      latencies: [
        {
          count: n,
          sum: (n * said.reduce((a, b) => a + b, 0)) / perSec / 1000,
          buckets: bounds.map((le) => [le / 1000, (n * said.filter((ms) => ms <= le).length) / perSec] as const),
        },
      ],
      ...scrape(sec),
    }
  }
  return [
    look(1.5, 0, 1),
    ...Array.from({ length: seconds - 1 }, (_, i) => look(3 + i, i + 1, i + 2)),
    look(2 + seconds + 0.6, seconds, seconds + 1),
  ]
}

function judged(told: Told = {}) {
  const probe = { kind: 'metrics-page', name: 'app', url: '/metrics', monitor } as const
  const data = healthyRecord({
    seconds,
    perSec,
    times: () => times,
    ...told.record,
    ...(told.attack === undefined ? {} : { spec: { attacks: [told.attack] } }),
    plan: { probes: [probe] },
    events: scrapes(told),
  })
  if (told.attack !== undefined)
    for (const window of guesses(told.attack, 10)) data.addWindow({ ...window, t: 2 + window.t, test: 'the test' })
  const [test] = judgeRun(data).tests
  const ids = test?.findings.map(({ id }) => id).filter((id) => id.startsWith('monitor'))
  return { monitor: test?.monitor, ids, objectives: test?.objectives }
}

const truthful: ObjectiveSpec = {
  text: 'monitor = truthful',
  metric: { name: 'monitor' },
  op: '=',
  value: 0,
  word: 'truthful',
}

const latency: ObjectiveSpec = { text: 'monitor.latency < 10%', metric: { name: 'monitor.latency' }, op: '<', value: 0.1 }

describe('a page of metrics that is compared with what was seen', () => {
  it('is truthful when it counts and times everything', () => {
    const { monitor: found, ids, objectives } = judged({ record: { objectives: [truthful] } })
    expect(found).toMatchObject({ verdict: 'TRUTHFUL', countDeviation: 0, latencyDeviation: 0 })
    expect(found?.latencies.map(({ statistic }) => statistic)).toEqual(['mean', 'p50', 'p95', 'p99'])
    expect(objectives).toMatchObject([{ verdict: 'pass', word: 'truthful' }])
    expect(ids).toEqual([])
  })

  it('may count our looks at it, or not', () => {
    const withLooks = judged({ counted: (sec) => sec * perSec + sec })
    expect(withLooks.monitor?.verdict).toBe('TRUTHFUL')
  })

  it('lies when it loses two of a hundred requests', () => {
    const {
      monitor: found,
      ids,
      objectives,
    } = judged({
      counted: (sec) => Math.round(0.98 * sec * perSec),
      record: { objectives: [truthful] },
    })
    expect(found?.verdict).toBe('LIES')
    expect(found?.countDeviation).toBeCloseTo(0.02, 3)
    expect(ids).toEqual(['monitor-lies'])
    expect(objectives).toMatchObject([{ verdict: 'fail', word: 'lies' }])
  })

  it('is truthful when it loses five of a thousand: less than promised', () => {
    expect(judged({ counted: (sec) => Math.round(0.995 * sec * perSec) }).monitor?.verdict).toBe('TRUTHFUL')
  })

  it('lies when it counts twice', () => {
    expect(judged({ counted: (sec) => 2 * sec * perSec }).ids).toEqual(['monitor-lies'])
  })

  it('lies when its times leave out a third of the wait', () => {
    const { monitor: found, ids } = judged({ timed: (ms) => ms * 0.66 })
    expect(found?.latencies.find(({ statistic }) => statistic === 'mean')).toMatchObject({ verdict: 'fail' })
    expect(ids).toEqual(['monitor-lies'])
  })

  it('does not answer for what users wait on a link that is broken between them and the target', () => {
    const cut = (on: string): HealthyOptions => ({
      spec: { faults: [{ id: `cut(${on})`, atSec: 5, forSec: 2, fault: { kind: 'cut', on } }] },
    })
    const timed = (ms: number) => ms * 0.66
    const { monitor: found, ids } = judged({ timed, record: cut('target') })
    expect(found?.counts).toMatchObject([{ verdict: 'pass' }])
    expect(found?.latencies).toMatchObject([{ verdict: 'unknown', reason: expect.stringMatching(/was cut\(target\)/) as string }])
    expect(ids).toEqual([])
    expect(judged({ timed, record: cut('db') }).ids).toContain('monitor-lies')
  })

  it('is no liar for the width of its buckets, nor for the way between it and us', () => {
    expect(judged({ timed: (ms) => Math.max(0, ms - 0.8) }).monitor?.verdict).toBe('TRUTHFUL')
  })

  it('does not answer for what our own thread was late by', () => {
    const late = (ms: number): HealthyOptions => ({ generator: () => ({ loopDelayMaxMs: ms }) })
    const timed = (ms: number) => Math.max(0.1, ms - 8)
    expect(judged({ timed, record: late(9) }).monitor?.verdict).toBe('TRUTHFUL')
    expect(judged({ timed, record: late(0.5) }).monitor?.verdict).toBe('LIES')
  })

  it('is not held against times of a generator that had no time itself, and its counts are', () => {
    const busy: HealthyOptions = { generator: () => ({ cpu: 0.97 }), objectives: [truthful, latency] }
    const late = judged({ timed: (ms) => ms * 0.66, record: busy })
    expect(late.monitor).toMatchObject({ verdict: 'UNKNOWN', latencyDeviation: null, countDeviation: 0 })
    expect(late.monitor?.latencies.map(({ verdict }) => verdict)).toEqual(Array(4).fill('unknown'))
    expect(late.monitor?.reason).toMatch(/generator had too little time itself.*CPU of the busiest generator thread.*: 97 %/)
    expect(late.monitor?.reason.match(/too little time/g)).toHaveLength(1)
    expect(late.ids).toEqual([])
    expect(late.objectives).toMatchObject([{ verdict: 'unknown' }, { verdict: 'unknown', actual: null }])
    const wrong = judged({ counted: (sec) => 2 * sec * perSec, record: busy })
    expect(wrong.monitor?.verdict).toBe('LIES')
    expect(wrong.ids).toEqual(['monitor-lies'])
    const idle = judged({ timed: (ms) => ms * 0.66, record: { objectives: [latency] } })
    expect(idle.objectives).toMatchObject([{ verdict: 'fail' }])
  })

  it('is not compared by the times of other requests than were answered', () => {
    const { monitor: found } = judged({ counted: (sec) => 0.8 * sec * perSec, timed: (ms) => ms / 3 })
    expect(found?.counts).toMatchObject([{ verdict: 'fail' }])
    expect(found?.latencies).toMatchObject([{ verdict: 'unknown' }])
    expect(found?.latencies[0]?.reason).toContain('It has timed 4,800, and 6,000 were answered')
  })

  it('is judged by the times that a tail shows, not only by the mean', () => {
    // The slowest fifth is told as if it had been as fast as the rest.
    const { monitor: found } = judged({ timed: (ms) => (ms > 21 ? 8 : ms) })
    expect(found?.latencies.find(({ statistic }) => statistic === 'p95')).toMatchObject({ verdict: 'pass' })
    const cut = judged({ timed: (ms) => Math.min(ms, 9) })
    expect(cut.monitor?.latencies.find(({ statistic }) => statistic === 'p95')).toMatchObject({ verdict: 'fail' })
  })

  it('need not have counted what was never answered, and may have', () => {
    const unanswered: HealthyOptions = {
      request: (sec, window) =>
        sec === 10
          ? {
              count: window.count + 40,
              failed: 40,
              failures: { timeout: 40 },
              censored: histogramOf(Array.from({ length: 40 }, () => 9e5)),
            }
          : {},
    }
    expect(judged({ record: unanswered }).monitor?.verdict).toBe('TRUTHFUL')
    const counted = (sec: number) => sec * perSec + (sec > 10 ? 40 : 0)
    expect(judged({ record: unanswered, counted }).monitor?.verdict).toBe('TRUTHFUL')
  })

  it('is compared by each trial of a search for itself: a look after the next one has begun has seen requests of both', () => {
    // The last three seconds of a trial are its rest; the looks of the rest are late, as on a busy machine.
    const sentAt = (sec: number): number => (sec < 17 && sec % 10 < 7 ? 100 : 0)
    const sentBy = (sec: number): number =>
      Array.from({ length: Math.floor(sec) }, (_, i) => sentAt(i)).reduce((a, b) => a + b, 0)
    const countAt = (sec: number): number => sentBy(sec) + sentAt(sec) * (sec % 1)
    const rest: RunEvent = {
      ...{ t: 12, kind: 'settled', test: 'the test', afterTrial: 1 },
      ...{ sec: 2.5, settled: true, waitedFor: [] },
    }
    const looks = (share: number): RunEvent[] =>
      [-0.5, 2.01, 5.01, 8.01, 10.4, 15.01, 18.01, 20.6].map((sec, i) => ({
        t: 2 + sec,
        kind: 'scrape',
        tookSec: 0.01,
        asked: i,
        counts: [Math.round(share * countAt(Math.max(0, sec)))],
        latencies: [],
      }))
    const verdicts = (share: number) => {
      const { data, loads } = syntheticSearch({
        loads: [100, 100],
        edge: 200,
        probes: () => ({}),
        events: [rest, ...looks(share)],
        record: {
          plan: { probes: [{ kind: 'metrics-page', name: 'app', url: '/metrics', monitor: { ...monitor, latencies: [] } }] },
          times: (sec) => Array.from({ length: sentAt(sec) }, () => 5),
        },
      })
      return loads.map(({ view }) => judgeMonitor(data, view)?.verdict)
    }
    expect(verdicts(1)).toEqual(['TRUTHFUL', 'TRUTHFUL'])
    expect(verdicts(0.9)).toEqual(['LIES', 'LIES'])
  })

  it('may have counted what attackers sent, and need not', () => {
    const action = { kind: 'httpFlood', method: 'GET', path: '/', cacheBuster: false, bytes: 0 } as const
    const attack = attackSpec(action, { atSec: 10, forSec: 10 })
    const counted = (sec: number) => sec * perSec + Math.min(1000, 100 * Math.max(0, sec - 10))
    expect(judged({ attack, counted }).monitor?.counts).toMatchObject([{ verdict: 'pass' }])
    expect(judged({ attack }).monitor?.counts).toMatchObject([{ verdict: 'pass' }])
    expect(judged({ attack, counted: (sec) => 2 * sec * perSec }).monitor?.counts).toMatchObject([{ verdict: 'fail' }])
    expect(judged({ counted }).monitor?.counts).toMatchObject([{ verdict: 'fail' }])
  })

  it('cannot have counted what never had a connection', () => {
    const refused: HealthyOptions = {
      request: (sec, window) => (sec === 10 ? { count: window.count + 400, failed: 400, failures: { refused: 400 } } : {}),
    }
    expect(judged({ record: refused }).monitor?.verdict).toBe('TRUTHFUL')
    const counted = (sec: number) => sec * perSec + (sec > 10 ? 400 : 0)
    expect(judged({ record: refused, counted }).monitor?.verdict).toBe('LIES')
  })

  it('begins anew with its process: what was counted between the last look and the end is nobody’s lie', () => {
    const counted = (sec: number) => (sec < 15 ? sec * perSec : (sec - 15) * perSec + 120)
    expect(judged({ counted }).monitor?.counts[0]).toMatchObject({ verdict: 'pass' })
    const lost = (sec: number) => (sec < 15 ? sec * perSec : 0.8 * (sec - 15) * perSec)
    expect(judged({ counted: lost }).monitor?.counts[0]).toMatchObject({ verdict: 'fail' })
  })

  it('is blind when it does not answer while users are served', () => {
    const scrape = (sec: number) => (sec >= 10 && sec < 14 ? { error: 'ECONNREFUSED', counts: [null] } : {})
    const { monitor: found, ids } = judged({ scrape })
    expect(found).toMatchObject({ verdict: 'BLIND', scrapes: { failed: 4, blind: 4, example: 'ECONNREFUSED' } })
    expect(ids).toEqual(['monitor-blind'])
  })

  it('is blind when it answers later than asked for', () => {
    const { monitor: found } = judged({ scrape: (sec) => (sec === 12 ? { tookSec: 2.6 } : {}) })
    expect(found).toMatchObject({ verdict: 'BLIND', scrapes: { late: 1, blind: 1, slowestSec: 2.6 } })
    expect(judged({ scrape: (sec) => (sec === 12 ? { tookSec: 1.6 } : {}) }).monitor?.verdict).toBe('TRUTHFUL')
  })

  it('is not blind when the target serves nobody: that is an outage', () => {
    const empty = histogramOf([])
    const { monitor: found, ids } = judged({
      scrape: (sec) => (sec >= 10 && sec < 14 ? { error: 'ECONNREFUSED' } : {}),
      counted: (sec) => (sec <= 9 ? sec : Math.max(9, sec - 6)) * perSec,
      record: {
        request: (sec, window) =>
          sec >= 9 && sec < 15
            ? { failed: window.count, failures: { refused: window.count }, statuses: {}, response: empty, service: empty }
            : {},
      },
    })
    expect(found?.scrapes).toMatchObject({ failed: 4, blind: 0 })
    expect(ids).not.toContain('monitor-blind')
  })

  it('need not have a series before there is something to count', () => {
    const scrape = (sec: number) => (sec === 0 ? { counts: [null], latencies: [null] } : {})
    expect(judged({ scrape }).monitor?.verdict).toBe('TRUTHFUL')
    expect(judged({ scrape, counted: (sec) => Math.max(0, sec - 1) * perSec }).monitor?.counts[0]).toMatchObject({
      verdict: 'fail',
    })
  })

  it('is unknown when the page does not have the series', () => {
    const { monitor: found, ids } = judged({ scrape: () => ({ counts: [null], latencies: [null] }) })
    expect(found?.verdict).toBe('UNKNOWN')
    expect(found?.reason).toContain('No series of the page fits `http_requests_total`')
    expect(ids).toEqual([])
  })

  it('is judged without a quiet end by what is certain: a record that was cut tells no lie', () => {
    const cut = judged({ record: { end: 'killed' } })
    expect(cut.monitor).toMatchObject({ verdict: 'UNKNOWN', counts: [{ verdict: 'pass' }] })
    expect(cut.ids).toEqual([])
    const half = judged({ counted: (sec) => 0.5 * sec * perSec, record: { end: 'killed' } })
    expect(half.monitor?.counts[0]).toMatchObject({ verdict: 'fail' })
  })
})
