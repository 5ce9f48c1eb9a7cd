import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { overTcp, overWebSocket, type Client } from './kit/clients.ts'
import { testServer, type TestServer } from './kit/test-server.ts'

const say = { type: 'say', room: 'lobby' }
const join = { type: 'join', room: 'lobby' }

async function inLobby({ port, tcpPort, tokens }: TestServer): Promise<[overWebSocket: Client, overTcp: Client]> {
  const ann = await overWebSocket(port, tokens[0])
  const bob = await overTcp(tcpPort, tokens[1])
  expect(await ann.ask(join)).toMatchObject({ type: 'joined', room: 'lobby', here: 1 })
  expect(await bob.ask(join)).toMatchObject({ type: 'joined', here: 2 })
  return [ann, bob]
}

test('two users talk in one room, one over WebSocket and one over TCP, and both hear everything in one order', async () => {
  const server = await testServer()
  const [ann, bob] = await inLobby(server)
  for (let number = 0; number < 100; number += 1) {
    ann.send({ ...say, text: `a ${number}`, id: number })
    bob.send({ ...say, text: `b ${number}`, id: number })
  }
  const heard = await ann.hears(200)
  expect(await bob.hears(200)).toEqual(heard)
  expect(server.store.messagesOf.get(1)?.map(({ text }) => text)).toEqual(heard)
  for (const who of ['a', 'b']) {
    const own = heard.filter((text) => String(text).startsWith(who))
    expect(own).toEqual(Array.from({ length: 100 }, (_, number) => `${who} ${number}`))
  }
  const numbers = ann.received.filter(({ type }) => type === 'message').map(({ seq }) => seq)
  expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
})

test('every command is answered under its own number', async () => {
  const server = await testServer()
  const [ann, bob] = await inLobby(server)
  expect(await ann.ask({ ...say, text: 'hello \u{1F600}' })).toMatchObject({ type: 'said', room: 'lobby', seq: 1 })
  expect(await bob.ask({ type: 'history', room: 'lobby' })).toMatchObject({
    messages: [{ seq: 1, from: 'ann', text: 'hello \u{1F600}' }],
  })
  expect(await bob.ask({ type: 'who', room: 'lobby' })).toMatchObject({ here: 2, users: ['ann', 'bob'] })
  expect(await bob.ask({ type: 'leave', room: 'lobby' })).toMatchObject({ type: 'left' })
  expect(await bob.ask({ ...say, text: 'x' })).toMatchObject({ type: 'error', code: 'forbidden' })
  expect(await ann.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  expect(await ann.ask({ type: 'dance' })).toMatchObject({ type: 'error', code: 'unknown-command' })
  expect(await ann.ask({ ...say, text: 'x'.repeat(4_001) })).toMatchObject({ type: 'error', code: 'invalid' })
  expect(await ann.ask({ type: 'join', room: 'nowhere' })).toMatchObject({ type: 'error', code: 'not-found' })
})

test('who comes and goes is told to the room', async () => {
  const server = await testServer()
  const [ann, bob] = await inLobby(server)
  expect(await ann.find(({ type, joined }) => type === 'presence' && (joined as string[]).includes('bob'))).toMatchObject({
    here: 2,
  })
  bob.end()
  expect(await ann.find(({ type, left }) => type === 'presence' && (left as string[]).includes('bob'))).toMatchObject({ here: 1 })
})

test('a direct message waits for somebody who is away, and comes once', async () => {
  const { port, tcpPort, tokens } = await testServer()
  const ann = await overWebSocket(port, tokens[0])
  expect(await ann.ask({ type: 'direct', to: 'bob', text: 'one' })).toMatchObject({ type: 'directed', to: 'bob', no: 1 })
  const bob = await overTcp(tcpPort, tokens[1])
  expect(await bob.find(({ type }) => type === 'direct')).toMatchObject({ from: 'ann', text: 'one' })
  await ann.ask({ type: 'direct', to: 'bob', text: 'two' })
  expect(await bob.find(({ no }) => no === 2)).toMatchObject({ text: 'two' })
  bob.end()
  await bob.closes()
  const again = await overWebSocket(port, tokens[1])
  expect(await again.ask({ type: 'history', with: 'ann' })).toMatchObject({ messages: [{ text: 'two' }, { text: 'one' }] })
  expect(again.received.filter(({ type }) => type === 'direct')).toEqual([])
  expect(await ann.ask({ type: 'direct', to: 'nobody', text: 'x' })).toMatchObject({ type: 'error', code: 'not-found' })
})

test('without a token nobody does anything but say hello, and not for long', async () => {
  const { port, tcpPort } = await testServer({ settings: { helloMs: 50 } })
  const nobody = await overTcp(tcpPort)
  expect(await nobody.ask(join)).toMatchObject({ type: 'error', code: 'unauthorized' })
  expect(await nobody.ask({ type: 'hello', token: 'made.up' })).toMatchObject({ type: 'error', code: 'unauthorized' })
  expect(await nobody.closes()).toBe(1008)
  await expect(overWebSocket(port, 'made.up')).rejects.toThrow(/401/)
})

test('what is no command is answered, and too much of it ends the connection', async () => {
  const { tcpPort, tokens } = await testServer()
  const bob = await overTcp(tcpPort, tokens[1])
  for (const text of ['', '{', '[]', '7', '{"type":{}}', 'GET / HTTP/1.1']) bob.sendText(text)
  expect(await bob.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  for (let mistake = 0; mistake < 20; mistake += 1) bob.sendText('nonsense')
  expect(await bob.closes()).toBe(1008)
  const cid = await overTcp(tcpPort, tokens[2])
  cid.sendText('x'.repeat(20_000))
  expect(await cid.closes()).toBe(1009)
})

test('a drain gives notice, stores and delivers what was accepted, and closes with 1001', async () => {
  const server = await testServer()
  const [ann, bob] = await inLobby(server)
  let open = (): void => undefined
  server.store.gate = new Promise((resolve) => (open = resolve))
  const answers = Array.from({ length: 50 }, (_, number) => ann.ask({ ...say, text: `last ${number}` }))
  while (server.chat.messagesWaiting < 50) await sleep(1)
  const stopped = server.stop()
  await ann.find(({ type, code }) => type === 'notice' && code === 'draining')
  expect(await bob.ask({ ...say, text: 'too late' })).toMatchObject({ type: 'error', code: 'draining', retryAfter: 1 })
  open()
  expect((await Promise.all(answers)).every(({ type }) => type === 'said')).toBe(true)
  expect(await ann.closes()).toBe(1001)
  expect(await bob.closes()).toBe(1001)
  expect(bob.texts()).toHaveLength(50)
  await stopped
  expect(server.store.messagesOf.get(1)).toHaveLength(50)
})

test('the defect lost-message-on-drain acknowledges what a drain throws away', async () => {
  const server = await testServer({ defects: ['lost-message-on-drain'] })
  const [ann] = await inLobby(server)
  expect(await ann.ask({ ...say, text: 'kept for ever' })).toMatchObject({ type: 'said', seq: 1 })
  await server.stop()
  expect(server.store.messagesOf.get(1) ?? []).toHaveLength(0)
})

const large = 'x'.repeat(4_000)

/** Cid joins and reads nothing; then ann talks. */
async function withSlowReader(server: TestServer): Promise<[Client, Client]> {
  const [ann, bob] = await inLobby(server)
  const cid = await overTcp(server.tcpPort, server.tokens[2])
  await cid.ask(join)
  cid.socket.pause()
  return [ann, bob]
}

test('who does not read is dropped, and the room never waits', async () => {
  const server = await testServer({ settings: { outboundBytes: 64 * 1024 } })
  const [ann, bob] = await withSlowReader(server)
  let said = 0
  // Until the kernel's own buffers are full and ours as well.
  for (; server.chat.sessions.open === 3; said += 1) await ann.ask({ ...say, text: large })
  expect(await bob.hears(said)).toHaveLength(said)
  expect(server.chat.sessions.waitingBytes).toBeLessThan(64 * 1024)
})

test('the defect slow-reader-blocks-room makes the room wait for the slowest', async () => {
  const server = await testServer({ defects: ['slow-reader-blocks-room'], settings: { outboundBytes: 64 * 1024, drainMs: 100 } })
  const [ann, bob] = await withSlowReader(server)
  const count = 3_000
  for (let number = 0; number < count; number += 1) await ann.ask({ ...say, text: large })
  await bob.ask({ type: 'ping' })
  expect(bob.texts().length).toBeLessThan(count)
  expect(server.chat.sessions.open).toBe(3)
})

test.each([
  ['the correct server forgets', [], 0],
  ['the defect leak keeps', ['leak'], 10],
] as const)('%s the sessions of closed connections', async (_title, defects, kept) => {
  const { chat, tcpPort, port, tokens } = await testServer({ defects })
  for (let visit = 0; visit < 5; visit += 1) {
    const clients = [await overWebSocket(port, tokens[0]), await overTcp(tcpPort, tokens[1])]
    for (const client of clients) {
      await client.ask(join)
      client.end()
      await client.closes()
    }
  }
  while (chat.sessions.open > 0) await sleep(1)
  expect(chat.sessions.count).toBe(kept)
  expect(chat.liveRooms).toBe(0)
  expect(chat.sessions.usersOnline).toBe(0)
  expect(chat.sessions.fromAddress('127.0.0.1')).toBe(0)
})
