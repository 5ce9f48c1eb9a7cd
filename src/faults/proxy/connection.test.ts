import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { Connection } from './connection.ts'
import { Totals } from './totals.ts'
import { turns } from './turns.ts'

test('a reset in the very turn in which an end is passed on closes both sockets, so that the thread of the proxy can end', async () => {
  const upstream = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1')
  const front = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1')
  await Promise.all([once(upstream, 'listening'), once(front, 'listening')])
  const portOf = (server: typeof front): number => (server.address() as AddressInfo).port // it listens
  const caller = connect(portOf(front), '127.0.0.1').on('error', () => undefined)
  const [client] = (await once(front, 'connection')) as [Socket] // what Node gives
  let server: Socket | undefined
  const errors: unknown[] = []
  let over = (): void => undefined
  const isOver = new Promise<void>((resolve) => (over = resolve))
  const connection = new Connection({
    index: 0,
    isProbe: false,
    client,
    dial: () => (server = connect({ port: portOf(upstream), host: '127.0.0.1', allowHalfOpen: true })),
    dialApart: () => connect(portOf(upstream), '127.0.0.1'),
    protocol: turns,
    totals: new Totals(),
    callToxics: () => [],
    over: () => over(),
  })
  connection.start([])
  server?.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code))
  if (server !== undefined) await once(server, 'connect')
  // Told after the connection itself: the end has just been handed to the upstream's socket.
  client.on('end', () => connection.reset())
  caller.end('question')
  await isOver
  // libuv refuses to reset a socket whose end is on its way (EINVAL), and Node 20 then never closes it.
  expect(errors).toEqual([])
  caller.destroy()
  await Promise.all([front, upstream].map((one) => new Promise((resolve) => one.close(resolve))))
})
