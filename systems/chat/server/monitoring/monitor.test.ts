import fastify from 'fastify'
import { expect, test } from 'vitest'
import { metricsRoutes } from './metrics-routes.ts'
import { ChatMonitor, noMonitor } from './monitor.ts'

/** Value of one line of the page. */
async function seriesOf(monitor: ChatMonitor): Promise<(line: string) => number> {
  const lines = (await monitor.page()).split('\n')
  return (start) =>
    Number(
      lines
        .find((line) => line.startsWith(`${start} `))
        ?.split(' ')
        .at(-1),
    )
}

test('every request, message, connection and refusal is on the page, and once', async () => {
  const monitor = new ChatMonitor()
  for (let n = 0; n < 1_000; n++) {
    monitor.request({ method: 'GET', route: '/rooms', status: n % 10 === 0 ? 503 : 200, ms: 2 })
    monitor.messageIn('ws')
    for (let reader = 0; reader < 7; reader++) monitor.messageOut('tcp')
    monitor.connected('ws')
    if (n % 2 === 0) monitor.disconnected('ws')
    if (n % 4 === 0) monitor.refused('rate-limited')
    monitor.command({ door: 'ws', type: 'say', isOk: true, ms: 3 })
  }
  monitor.logInFailed()
  const series = await seriesOf(monitor)
  expect(series('http_request_duration_seconds_count{method="GET",route="/rooms",status="2xx"}')).toBe(900)
  expect(series('http_request_duration_seconds_count{method="GET",route="/rooms",status="5xx"}')).toBe(100)
  expect(series('http_request_duration_seconds_sum{method="GET",route="/rooms",status="2xx"}')).toBeCloseTo(1.8)
  expect(series('chat_messages_received_total{door="ws"}')).toBe(1_000)
  expect(series('chat_messages_sent_total{door="tcp"}')).toBe(7_000)
  expect(series('chat_connections_opened_total{door="ws"}')).toBe(1_000)
  expect(series('chat_connections_closed_total{door="ws"}')).toBe(500)
  expect(series('chat_refused_total{reason="rate-limited"}')).toBe(250)
  expect(series('chat_command_duration_seconds_count{door="ws",type="say",ok="true"}')).toBe(1_000)
  expect(series('chat_log_ins_failed_total')).toBe(1)
  expect(monitor.totals).toEqual({ requests: 1_000, failedRequests: 100, messagesIn: 1_000, messagesOut: 7_000, failedLogIns: 1 })
})

test('counters do not grow by being looked at', async () => {
  const monitor = new ChatMonitor()
  monitor.messageIn('ws')
  await monitor.page()
  await monitor.page()
  expect((await seriesOf(monitor))('chat_messages_received_total{door="ws"}')).toBe(1)
})

test('a gauge is read when somebody asks', async () => {
  const monitor = new ChatMonitor()
  let open = 3
  monitor.gauge('connections', 'Open connections.', () => open)
  expect((await seriesOf(monitor))('chat_connections')).toBe(3)
  open = 5
  expect((await seriesOf(monitor))('chat_connections')).toBe(5)
  expect(monitor.read('connections')).toBe(5)
  expect(monitor.read('unknown')).toBe(0)
  expect(monitor.gauges).toEqual({ connections: 5 })
})

test('the buckets are near enough to each other to find a quantile within half of itself', async () => {
  const monitor = new ChatMonitor()
  monitor.request({ method: 'GET', route: '/', status: 200, ms: 1 })
  const bounds = [...(await monitor.page()).matchAll(/http_request_duration_seconds_bucket\{le="([\d.]+)"/g)].map(([, le]) =>
    Number(le),
  )
  expect(bounds[0]).toBe(0.0005)
  expect(bounds.at(-1)).toBeGreaterThan(10)
  for (const [index, bound] of bounds.slice(1).entries()) expect(bound / (bounds[index] ?? 0)).toBeLessThan(1.51)
})

test('the page is served as Prometheus expects it', async () => {
  const app = fastify()
  metricsRoutes(app, new ChatMonitor())
  const { headers, body } = await app.inject('/metrics')
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(body).toContain('# TYPE chat_messages_received_total counter')
  expect(body).toContain('nodejs_eventloop_lag_p99_seconds')
})

test('without metrics nothing is counted', () => {
  noMonitor.request({ method: 'GET', route: '/', status: 500, ms: 1 })
  noMonitor.logInFailed()
  expect(noMonitor.totals.requests + noMonitor.totals.failedLogIns).toBe(0)
})
