import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createProbes } from './index.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(page: () => { status?: number; text: string }): Promise<string> {
  server = createServer((_request, response) => {
    const { status = 200, text } = page()
    response.statusCode = status
    response.end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has no other address
  return `http://127.0.0.1:${port}`
}

function probesOf(targetUrl: string) {
  return createProbes([{ kind: 'metrics-page', name: 'metrics', url: '/metrics' }], {
    targetPid: () => undefined,
    targetUrl,
    services: {},
    folder: '/tmp',
  })
}

describe('a metrics page', () => {
  it('gives its values under the name of the probe, without buckets, NaN and infinities', async () => {
    let hits = 1
    const url = await serve(() => ({
      text: `# TYPE hits counter\nhits_total ${hits++}\n# TYPE d histogram\nd_bucket{le="+Inf"} 3\nd_sum 0.5\nd_count 3\nnone NaN\nmuch +Inf\nr{route="/x"} 2\n`,
    }))
    const { probes, unavailable } = await probesOf(url)
    expect(unavailable).toEqual([])
    expect(await probes[0]?.sample()).toEqual({
      'metrics.hits_total': 2,
      'metrics.d_sum': 0.5,
      'metrics.d_count': 3,
      'metrics.r{route="/x"}': 2,
    })
    await probes[0]?.stop()
  })

  it('with too many series is followed in part, and says so once', async () => {
    const text = Array.from({ length: 250 }, (_, index) => `m{n="${index}"} 1`).join('\n')
    const { probes, unavailable } = await probesOf(await serve(() => ({ text })))
    expect(unavailable).toEqual([{ probe: 'metrics', reason: 'the page has 250 series; the first 200 are followed' }])
    expect(Object.keys((await probes[0]?.sample()) ?? {})).toHaveLength(200)
    await probes[0]?.stop()
  })

  it.each([
    ['is missing', { status: 404, text: 'm 1' }, /it answers 404/],
    ['is something else', { text: '<html><p>hello</p></html>' }, /holds no metrics/],
  ])('that %s is unavailable with a reason', async (_, page, reason) => {
    const { probes, unavailable } = await probesOf(await serve(() => page))
    expect(probes).toEqual([])
    expect(unavailable[0]?.reason).toMatch(reason)
  })

  it('that comes and goes fails its samples and comes back', async () => {
    let status = 200
    const { probes } = await probesOf(await serve(() => ({ status, text: 'm 1' })))
    status = 503
    await expect(probes[0]?.sample()).rejects.toThrow('503')
    await new Promise(setImmediate)
    status = 200
    expect(await probes[0]?.sample()).toEqual({ 'metrics.m': 1 })
    await probes[0]?.stop()
  })
})
