import { describe, expect, it } from 'vitest'
import { selfReportingServer } from '../kit/self-reporting-server.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

interface Asked {
  readonly defect?: string
  readonly load: string
  readonly objectives: string
}

/** A run at the server of known defects, with everything told that its own reports came to. */
async function asked(bench: TestBench, { defect = 'none', load, objectives }: Asked) {
  bench.write('reporting.mjs', selfReportingServer)
  bench.plan(`
const work = scenario(async ({ http, think }) => { await http.get('/work'); await think('20ms') })
export default plan({
  target: {
    url: 'http://127.0.0.1:${bench.port}',
    start: 'node reporting.mjs ${bench.port} ${defect}',
    env: ({ alerts }) => ({ ALERT_WEBHOOK: alerts.url }),
    ready: '/health',
    metrics: '/metrics',
    monitor: { requests: 'http_requests_total{route!="/metrics"}', latency: 'http_request_duration_seconds', within: '2s' },
  },
  alerts: { queue: { when: 'app.waiting > 10', raisedWithin: '3s', clearedWithin: '2s' } },
  scenarios: { work },
  objectives: [${objectives}],
  tests: { asked: { users: ${load} } },
})`)
  const { stdout } = await bench.run()
  const [test] = bench.result().tests
  if (test === undefined) throw new Error(stdout)
  expect(await bench.leftovers()).toEqual([])
  const { monitor, alerts, objectives: judged } = test
  const ids = test.findings.map(({ id }) => id).filter((id) => /^(monitor|alert)-/.test(id))
  return {
    monitor,
    alert: alerts?.[0],
    ids,
    objective: judged[0],
    events: bench.events(),
    told: JSON.stringify({ monitor, alerts }),
  }
}

/** A queue of about forty for five seconds. */
const busy = '60, for: "6s"'

describe.concurrent('the page of metrics of a target under stress', () => {
  const objectives = '"monitor = truthful"'

  it('is truthful where it counts and times everything', () =>
    withBench(async (bench) => {
      const { monitor, ids, objective, told } = await asked(bench, { load: busy, objectives })
      expect(monitor?.verdict, told).toBe('TRUTHFUL')
      expect(monitor?.counts[0]).toMatchObject({ deviation: 0 })
      expect(objective).toMatchObject({ verdict: 'pass' })
      expect(ids.filter((id) => id.startsWith('monitor'))).toEqual([])
    }))

  it('lies where it loses counts', () =>
    withBench(async (bench) => {
      const { monitor, ids, objective, told } = await asked(bench, { defect: 'loses', load: busy, objectives })
      expect(monitor?.counts, told).toMatchObject([{ verdict: 'fail' }])
      expect(monitor?.countDeviation).toBeGreaterThan(0.1)
      expect(ids).toContain('monitor-lies')
      expect(objective).toMatchObject({ verdict: 'fail', word: 'lies' })
    }))

  it('lies where its times leave out the wait in the queue', () =>
    withBench(async (bench) => {
      const { monitor, ids, told } = await asked(bench, { defect: 'leaves-out', load: busy, objectives })
      expect(monitor?.counts, told).toMatchObject([{ verdict: 'pass' }])
      expect(
        monitor?.latencies.find(({ statistic }) => statistic === 'p50'),
        told,
      ).toMatchObject({ verdict: 'fail' })
      expect(ids).toContain('monitor-lies')
    }))

  it('is blind where it is not served while users are', () =>
    withBench(async (bench) => {
      const { monitor, ids, told } = await asked(bench, { defect: 'hides', load: busy, objectives })
      expect(monitor, told).toMatchObject({ verdict: 'BLIND', scrapes: { example: 'it answers 503' } })
      expect(ids).toContain('monitor-blind')
    }))
})

/** Four quiet seconds, eight busy ones, a quiet end. */
const wave =
  '[{ to: 2, over: "10ms" }, { hold: "4s" }, { to: 60, over: "200ms" }, { hold: "8s" }, { to: 2, over: "200ms" }, { hold: "2s" }]'

describe.concurrent('the alerts of a target', () => {
  const objectives = '"alerts = ok"'

  it('are ok where they come in time and go in time', () =>
    withBench(async (bench) => {
      const { alert, ids, objective, events, told } = await asked(bench, { load: wave, objectives })
      expect(alert, told).toMatchObject({ verdict: 'OK', due: [{}], raised: [{}] })
      expect(ids.filter((id) => id.startsWith('alert'))).toEqual([])
      expect(objective).toMatchObject({ verdict: 'pass', word: 'ok' })
      expect(
        events.flatMap((event) => (event.kind === 'alert' ? [[event.name, event.status, event.test, event.of]] : [])),
      ).toEqual([
        ['queue', 'raised', 'asked', 'severity=page'],
        ['queue', 'cleared', 'asked', 'severity=page'],
      ])
    }))

  const defects = [
    ['late', 'LATE', 'alert-late'],
    ['never', 'MISSING', 'alert-missing'],
    ['always', 'FALSE', 'alert-false'],
    ['stuck', 'STUCK', 'alert-stuck'],
  ] as const
  for (const [defect, verdict, id] of defects)
    it(`that are of the kind “${defect}” are named ${id}`, () =>
      withBench(async (bench) => {
        const { alert, ids, objective, told } = await asked(bench, { defect, load: wave, objectives })
        expect(alert?.verdict, told).toBe(verdict)
        expect(ids).toContain(id)
        expect(objective).toMatchObject({ verdict: 'fail', word: verdict.toLowerCase() })
      }))
})
