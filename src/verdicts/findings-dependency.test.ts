import { describe, expect, test } from 'vitest'
import { healthyRecord, openLoad } from '../../test/kit/healthy-record.ts'
import type { HealthyOptions } from '../../test/kit/healthy-record.ts'
import type { SeriesWindow } from '../model/sample.ts'
import { judgeRun } from './judge-run.ts'

const perSec = 20
const seconds = 30

/** A test of 20 iterations a second, with the metrics that its plan adds. */
function findings(series: (sec: number) => readonly SeriesWindow[], options: HealthyOptions = {}) {
  const data = healthyRecord({
    seconds,
    perSec,
    load: openLoad(perSec, seconds),
    times: () => Array<number>(perSec).fill(50),
    series: (sec) => [...series(sec)],
    ...options,
  })
  return judgeRun(data).tests[0]!.findings.filter(({ id }) => ['queue-unbounded', 'retry-storm', 'breaker-absent'].includes(id))
}

const gauge = (name: string, value: number): SeriesWindow => ({
  kind: 'gauge',
  name,
  last: value,
  min: value,
  max: value,
  sum: value,
  count: 1,
})

interface Calls {
  readonly calls: number
  readonly completed?: number
  readonly failed?: number
  readonly refused?: number
}

const provider = ({ calls, completed = 0, failed = 0, refused = 0 }: Calls): SeriesWindow[] =>
  Object.entries({ calls, completed, failed, refused }).map(([name, sum]) => ({ kind: 'counter', name: `provider.${name}`, sum }))

const well = { calls: 105, completed: 100, failed: 5 }

describe('queue-unbounded', () => {
  test('is named when what waits rises to the end', () => {
    const [found] = findings((sec) => [gauge('texts.waiting', 9 * sec)])
    expect(found).toMatchObject({ id: 'queue-unbounded', severity: 'critical' })
    expect(found?.evidence).toBe('texts.waiting rose by 9 a second in 30 s, to 261, and did not level off.')
  })

  test('is named in the part of a test in which it happens', () => {
    const phases = [
      { name: 'calm', fromSec: 0, toSec: 10 },
      { name: 'rush', fromSec: 10, toSec: 20 },
      { name: 'calm again', fromSec: 20, toSec: 30 },
    ]
    const waiting = (sec: number) => (sec < 10 ? 0 : sec < 20 ? 15 * (sec - 9) : 10 * (30 - sec))
    const [found] = findings((sec) => [gauge('queue', waiting(sec))], { spec: { phases } })
    expect(found?.evidence).toContain('in the 10 s of “rush”, to 150')
  })

  test('is not where a bound holds, the queue is short, or the gauge is of something else', () => {
    expect(findings((sec) => [gauge('texts.waiting', Math.min(200, 40 * sec))])).toEqual([])
    expect(findings((sec) => [gauge('texts.waiting', sec)])).toEqual([])
    expect(findings((sec) => [gauge('texts.written', 9 * sec)])).toEqual([])
  })
})

describe('retry-storm', () => {
  test('is named where refused calls come back at once', () => {
    const [found] = findings((sec) => provider(sec < 15 ? well : { calls: 445, completed: 40, failed: 5, refused: 400 }))
    expect(found).toMatchObject({ id: 'retry-storm' })
    expect(found?.evidence).toContain('In 15 seconds provider refused 6,000 of 6,675 calls')
  })

  test('is not where those who are refused wait', () => {
    expect(findings((sec) => provider(sec < 15 ? well : { calls: 105, completed: 40, failed: 5, refused: 60 }))).toEqual([])
  })
})

describe('breaker-absent', () => {
  const down = (calls: number) => (sec: number) => provider(sec < 10 || sec >= 20 ? well : { calls, failed: calls })

  test('is named where a provider that is down is asked as before', () => {
    const [found] = findings(down(95))
    expect(found).toMatchObject({ id: 'breaker-absent' })
    expect(found?.evidence).toBe(
      'For 7 s all that provider answered were failures, and it was still asked 95 times a second: 4.75 calls for each iteration, against 5.25 when it was well.',
    )
  })

  test('is not where one call a second looks whether it is back', () => {
    expect(findings(down(1))).toEqual([])
  })

  test('is not where only some calls fail, nor in an outage of a moment', () => {
    expect(findings(() => provider({ calls: 100, completed: 50, failed: 50 }))).toEqual([])
    expect(findings((sec) => provider(sec === 10 ? { calls: 100, failed: 100 } : well))).toEqual([])
  })
})

describe('on a link of the proxy', () => {
  interface LinkSecond {
    readonly calls?: number
    readonly answered?: number
    readonly failed?: number
    readonly broken?: number
  }

  /** Twenty iterations a second, whose target asks `payments` as often as said: well for ten seconds, down for ten, well again. */
  function linkFindings(down: LinkSecond, protocol: 'http' | 'tcp' = 'http') {
    const command = { url: 'http://127.0.0.1:9000', start: ['node'], cwd: '/', env: {}, readyTimeoutSec: 1, stopTimeoutSec: 1 }
    const data = healthyRecord({
      seconds,
      perSec,
      load: openLoad(perSec, seconds),
      times: () => Array<number>(perSec).fill(50),
      plan: { services: { payments: { kind: 'process', protocol, ...command } } },
      spec: { links: ['target', 'payments'] },
    })
    const usual: LinkSecond = { calls: 10, answered: 10 }
    for (let sec = 0; sec < seconds; sec++) {
      const { calls = 0, answered = 0, failed = 0, broken = 0 } = sec >= 10 && sec < 20 ? down : usual
      const counts = { calls, answered, failed, broken, connections: broken, open: 1, bytesUp: 100, bytesDown: 100 }
      data.addWindow({ t: loadStartSec + sec + 0.3, kind: 'link', link: 'payments', ...counts })
      data.addWindow({ t: loadStartSec + sec + 0.4, kind: 'link', link: 'target', ...counts })
    }
    return judgeRun(data).tests[0]!.findings.filter(({ id }) => ['retry-storm', 'breaker-absent'].includes(id))
  }
  // As the healthy record has it.
  const loadStartSec = 2

  test('a service that is asked as ever while it is down has no breaker before it', () => {
    const [found, ...others] = linkFindings({ broken: 20 })
    expect(others).toEqual([])
    expect(found).toMatchObject({ id: 'breaker-absent', severity: 'critical' })
    expect(found?.evidence).toMatch(
      /all that payments answered were failures, and it was still asked 20 times a second: 1 calls for each iteration, against 0.5/,
    )
  })

  test('a breaker that lets one call try now and then is one', () => {
    expect(linkFindings({ broken: 1 })).toEqual([])
  })

  test.each([{ broken: 900 }, { calls: 900, failed: 900 }])('calls that come back at once are a storm: %j', (down) => {
    const found = linkFindings(down)
    expect(found.map(({ id }) => id).sort()).toEqual(['breaker-absent', 'retry-storm'])
    expect(found.find(({ id }) => id === 'retry-storm')?.evidence).toContain(
      '45 calls for each iteration, against 0.5 when it was well',
    )
  })

  test('of a link whose calls are not requests nothing is said', () => {
    expect(linkFindings({ broken: 900 }, 'tcp')).toEqual([])
  })
})
