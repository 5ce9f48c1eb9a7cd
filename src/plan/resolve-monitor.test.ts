import { describe, expect, it } from 'vitest'
import { failure, resolve, right } from '../../test/kit/resolved-plan.ts'

const target = { url: 'http://127.0.0.1:8080', metrics: '/metrics' }

function monitorOf(monitor: unknown) {
  const { spec } = resolve({ ...right, target: { ...target, monitor } })
  const page = spec.probes.find((probe) => probe.kind === 'metrics-page')
  return page?.kind === 'metrics-page' ? page.monitor : undefined
}

describe('`monitor` of the target', () => {
  it('compares one counter and one histogram with all requests, and gives the page the time that Prometheus gives it', () => {
    const monitor = monitorOf({ requests: 'http_requests_total{code!~"5..", route="/a"}', latency: 'http_seconds' })
    expect(monitor).toMatchObject({
      counts: [
        {
          series: {
            metric: 'http_requests_total',
            matchers: [
              { label: 'code', op: '!~', value: '5..' },
              { label: 'route', op: '=', value: '/a' },
            ],
          },
          of: { kind: 'requests', names: [] },
        },
      ],
      latencies: [{ series: { metric: 'http_seconds' }, msPerUnit: 1000 }],
      withinSec: 10,
    })
  })

  it('compares series with the requests or the counters that the plan names', () => {
    const monitor = monitorOf({
      requests: { 'http_requests_total{route="/rooms"}': ['GET /rooms', 'POST *'] },
      counts: { chat_messages_total: 'ws.sent' },
      latency: { http_time_ms: 'GET /rooms' },
      within: '500ms',
    })
    expect(monitor?.counts.map(({ of }) => of)).toEqual([
      { kind: 'requests', names: ['GET /rooms', 'POST *'] },
      { kind: 'metric', name: 'ws.sent' },
    ])
    expect(monitor?.latencies).toMatchObject([{ of: { names: ['GET /rooms'] }, msPerUnit: 1 }])
    expect(monitor?.withinSec).toBe(0.5)
  })

  it('says what is wrong with it', () => {
    const wrong = (monitor: unknown, more = {}) => failure({ ...right, target: { ...target, monitor, ...more } }).message
    expect(wrong({ requests: 'a{b=c}' })).toContain('target.monitor.requests')
    expect(wrong({ requests: 'a{b=~"("}' })).toContain('a series of the page')
    expect(wrong({ counts: { a_total: 'ws.lifetime' } })).toContain('a counter to compare with')
    expect(wrong({ counts: { a_total: 7 } })).toContain('what is compared with it')
    expect(wrong({})).toContain('some of `requests`, `counts` and `latency`')
    expect(wrong({ requests: 'a_total' }, { metrics: undefined })).toContain('a `target.metrics`')
  })

  it('is asked for in objectives', () => {
    const { spec } = resolve({
      ...right,
      objectives: ['monitor = truthful', 'monitor.counts < 1%', 'monitor.latency < 10%', 'monitor.time < 1s'],
    })
    expect(spec.tests[0]?.objectives).toHaveLength(4)
    expect(failure({ ...right, stopWhen: ['monitor != truthful'] }).message).toContain('known while the load runs')
  })
})

describe('`alerts`', () => {
  it('have a condition in the grammar of objectives, or a phase, and times to be raised and cleared in', () => {
    const { spec } = resolve({
      ...right,
      alerts: {
        slow: { when: 'p95 > 500ms for 5s', raisedWithin: '10s', clearedWithin: '20s' },
        down: { during: 'down(db)' },
        never: {},
      },
    })
    expect(spec.alerts).toMatchObject([
      { name: 'slow', when: { text: 'p95 > 500ms for 5s', forSec: 5 }, raisedWithinSec: 10, clearedWithinSec: 20 },
      { name: 'down', during: 'down(db)', raisedWithinSec: 15, clearedWithinSec: 30 },
      { name: 'never' },
    ])
    expect(resolve(right).spec.alerts).toBeUndefined()
  })

  it('say what is wrong with them', () => {
    const wrong = (alerts: unknown) => failure({ ...right, alerts }).message
    expect(wrong({ slow: { when: 'p95 ~ 3' } })).toContain('alerts.slow.when')
    expect(wrong({ slow: { when: 'p95 > 1s', during: 'load' } })).toContain('one of `when` and `during`')
    expect(wrong({ slow: { raisedWithin: '3s' } })).toContain('never to be raised')
    expect(wrong('p95')).toContain('an object such as')
    expect(wrong({ slow: { when: 'recovery > 3s' } })).toContain('known while the load runs')
  })
})
