import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { Toxiproxy as Client } from 'toxiproxy-node-client'
import { expect, test } from 'vitest'
import { builtStartProxy } from '../kit/built-proxy.ts'
import { Peer, echo } from '../kit/linked.ts'
import { runCli } from '../kit/run-cli.ts'

async function startEcho(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => echo(new Peer(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() } // it listens at a port, not at a path
}

async function call(port: number): Promise<Peer> {
  const socket = connect({ host: '127.0.0.1', port })
  const peer = new Peer(socket)
  await Promise.race([once(socket, 'connect').catch(() => undefined), peer.fate])
  return peer
}

test('the proxy in its thread: links come and go, toxics are laid, and what crosses is told on the clock of the run', async () => {
  const server = await startEcho()
  const windows: { t: number; link: string; calls: number; bytesUp: number }[] = []
  const deaths: Error[] = []
  // The run began ten seconds ago.
  const startNs = process.hrtime.bigint() - 10_000_000_000n
  const runSec = (): number => Number(process.hrtime.bigint() - startNs) / 1e9
  const proxy = await (
    await builtStartProxy()
  )({
    runStartNs: String(startNs),
    onWindows: (some) => void windows.push(...some),
    onDeath: (error) => void deaths.push(error),
  })
  const spec = { name: 'db', protocol: 'tcp', upstream: { host: '127.0.0.1', port: server.port } } as const
  const link = await proxy.open(spec)
  await expect(proxy.open(spec)).rejects.toThrow('the link `db` is open already')

  const beforeSec = runSec()
  const caller = await call(link.address.port)
  for (let i = 0; i < 5; i++) await caller.ask('hello')
  const afterSec = runSec()
  await expect.poll(() => windows.reduce((sum, { calls }) => sum + calls, 0)).toBe(5)
  for (const { t, link: name } of windows) {
    expect(name).toBe('db')
    expect(Math.abs(t * 10 - Math.round(t * 10))).toBeLessThan(1e-6)
    // A window is named by where it begins, and a thread that had to wait for a processor may begin it late.
    expect(t).toBeGreaterThan(beforeSec - 1)
    expect(t).toBeLessThanOrEqual(afterSec)
  }

  const laid = { id: 'cut off', action: { kind: 'syn-blackhole', on: 'db' }, seed: 1, lifeMs: 20_000 } as const
  await link.add(laid)
  expect((await link.look()).toxics).toEqual(['cut off'])
  await link.remove('cut off')
  await (await call(link.address.port)).ask('after')

  await proxy.shut('db')
  expect(await caller.fate).toBe('reset')
  await expect(link.look()).rejects.toThrow('the link `db` is not open')
  await proxy.close()
  expect(deaths).toEqual([])
  server.close()
})

test('proofload proxy: the client from npm breaks a connection through it, and Ctrl-C ends it', async () => {
  const server = await startEcho()
  let used: Promise<void> | undefined
  const use = async (url: string): Promise<void> => {
    const made = await new Client(url).createProxy({ name: 'db', listen: '127.0.0.1:0', upstream: `127.0.0.1:${server.port}` })
    await made.addToxic({
      name: 'slow',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 60, jitter: 0 },
    })
    const caller = await call(Number(made.listen.split(':')[1]))
    expect(await caller.ask('hello')).toBeGreaterThanOrEqual(59)
  }
  const { status, output } = await runCli(['proxy', '--port', '0'], {
    cwd: process.cwd(),
    onOutput: (soFar, running) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(soFar)?.[0]
      if (url !== undefined) used ??= use(url).finally(() => running.signal('SIGINT'))
    },
  })
  await used
  expect(output).toMatch(/^Toxiproxy's HTTP API is at http:\/\/127\.0\.0\.1:\d+\. Ctrl-C ends it and its proxies\.$/m)
  expect(status).toBe(0)
  server.close()
})
