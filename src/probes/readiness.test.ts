import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createProbes } from './index.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health` // it listens at a port
}

async function look(url: string, breaksNow?: () => boolean) {
  const { probes } = await createProbes([{ kind: 'readiness', url }], {
    targetPid: () => undefined,
    services: {},
    folder: '/tmp',
    ...(breaksNow === undefined ? {} : { breaksNow }),
  })
  return probes[0]?.sample()
}

it.each([
  [200, 1],
  [302, 1],
  [404, 0],
  [503, 0],
])('a readiness page that answers %d counts as %d', async (status, ready) => {
  const url = await serve((response) => response.writeHead(status).end('it is so'))
  expect(await look(url)).toEqual({ 'target.ready': ready, 'target.ready.answered': 1 })
})

it('a target that refuses, or does not answer in time, is not ready and has not answered', async () => {
  const silent = await serve(() => undefined)
  expect(await look(silent)).toEqual({ 'target.ready': 0, 'target.ready.answered': 0 })
  server?.closeAllConnections()
  await new Promise((resolve) => server?.close(resolve))
  expect(await look(silent)).toEqual({ 'target.ready': 0, 'target.ready.answered': 0 })
})

it('nothing is asked while no test breaks anything', async () => {
  let asked = 0
  const url = await serve((response) => {
    asked += 1
    response.end()
  })
  expect(await look(url, () => false)).toEqual({})
  expect(asked).toBe(0)
})

it('no connection is kept: a target that waits for its connections can stop', async () => {
  const url = await serve((response) => response.end('ok'))
  await look(url)
  await new Promise((resolve) => server?.close(resolve))
})
