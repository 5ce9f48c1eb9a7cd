import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { MonitorSpec, Scrape } from '../model/monitor-spec.ts'
import { createProbes } from './index.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const series = (metric: string, matchers: MonitorSpec['counts'][number]['series']['matchers'] = []) => ({
  text: metric,
  metric,
  matchers,
})
const monitor: MonitorSpec = {
  counts: [
    {
      series: series('requests_total', [
        { label: 'route', op: '!=', value: '/metrics' },
        { label: 'code', op: '=~', value: '2..' },
      ]),
      of: { kind: 'requests', names: [] },
    },
    { series: series('absent_total'), of: { kind: 'requests', names: [] } },
  ],
  latencies: [{ series: series('seconds'), of: { kind: 'requests', names: [] }, msPerUnit: 1000 }],
  withinSec: 0.2,
}

const page = `# TYPE requests_total counter
requests_total{route="/a",code="200"} 10
requests_total{route="/b",code="204"} 5
requests_total{route="/b",code="500"} 70
requests_total{route="/metrics",code="200"} 3
# TYPE seconds histogram
seconds_bucket{route="/a",le="0.01"} 6
seconds_bucket{route="/b",le="0.01"} 1
seconds_bucket{route="/a",le="0.1"} 9
seconds_bucket{route="/b",le="0.1"} 4
seconds_bucket{route="/a",le="+Inf"} 10
seconds_bucket{route="/b",le="+Inf"} 5
seconds_sum{route="/a"} 0.4
seconds_sum{route="/b"} 0.2
seconds_count{route="/a"} 10
seconds_count{route="/b"} 5
`

async function watch(answer: RequestListener) {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has no other address
  const scrapes: Scrape[] = []
  const { probes } = await createProbes([{ kind: 'metrics-page', name: 'app', url: '/metrics', monitor }], {
    targetPid: () => undefined,
    targetUrl: `http://127.0.0.1:${port}`,
    services: {},
    folder: '/tmp',
    scraped: (scrape) => scrapes.push(scrape),
  })
  const [probe] = probes
  if (probe === undefined) throw new Error('no probe')
  return { probe, scrapes }
}

describe('a page whose monitor is compared', () => {
  it('gives its values as ever, and in the same look what is compared', async () => {
    const { probe, scrapes } = await watch((_, answer) => answer.end(page))
    expect(await probe.sample()).toMatchObject({
      'app.requests_total{route="/a",code="200"}': 10,
      'monitor.up': 1,
      'monitor.time': expect.any(Number) as number,
    })
    expect(scrapes).toMatchObject([
      { counts: [15, null], latencies: [{ count: 15, buckets: [[0.01, 7], [0.1, 13]] }], asked: 1 }, // prettier-ignore
    ])
    expect(scrapes[0]?.latencies?.[0]?.sum).toBeCloseTo(0.6)
    await probe.stop()
  })

  it('tells that it is not answered, and why', async () => {
    let looks = 0
    const { probe, scrapes } = await watch((_, answer) => {
      looks += 1
      if (looks > 1) answer.statusCode = 503
      answer.end(page)
    })
    expect(await probe.sample()).toEqual({ 'monitor.up': 0, 'monitor.time': expect.any(Number) as number })
    expect(scrapes).toMatchObject([{ error: 'it answers 503' }])
    await probe.stop()
  })

  it('waits a little longer than asked for, without holding up the other probes', async () => {
    let looks = 0
    const { probe, scrapes } = await watch((_, answer) => {
      looks += 1
      if (looks === 1) answer.end(page)
    })
    const first = await probe.sample()
    expect(first['monitor.up']).toBe(0)
    await probe.scrape?.()
    expect(scrapes).toMatchObject([{ error: 'no answer within 0.8 s' }, { error: 'no answer within 0.8 s' }])
    await probe.stop()
  })

  it('asks again when the connection that it kept was closed meanwhile', async () => {
    const { probe, scrapes } = await watch((request, answer) => {
      answer.end(page)
      // Says nothing of it, as a server that gives up an idle connection.
      answer.on('finish', () => setImmediate(() => request.socket.resetAndDestroy()))
    })
    await probe.scrape?.()
    await probe.scrape?.()
    await probe.scrape?.()
    expect(scrapes.map(({ error }) => error)).toEqual([undefined, undefined, undefined])
    await probe.stop()
  })
})
