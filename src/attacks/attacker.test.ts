import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { attackOn, attackSpec, form } from '../../test/kit/attacked/attack-on.ts'
import { attackedServer } from '../../test/kit/attacked/attacked-server.ts'
import type { AttackCourse } from '../analysis/index.ts'
import { rankTest } from '../analysis/index.ts'
import type { AttackAction } from '../model/attack-spec.ts'
import { sourceAddresses } from '../plan/attacks/index.ts'

const guess: AttackAction = { kind: 'bruteForce', path: '/login', users: ['ada'], passwords: ['a', 'b', 'c'], form }
const hold = (kind: 'slowHeaders' | 'slowBody' | 'connectionFlood' | 'idleHoarding'): AttackAction => ({
  ...{ kind, path: '/', everyMs: 100, bytes: 1000 },
})

describe('guesses at a log-in', () => {
  it('are blocked after as many failures as the server allows, each source by itself', async () => {
    const spec = attackSpec(guess, { sources: sourceAddresses(0, 3), perSec: 200 })
    const { course } = await attackOn(attackedServer({ blockAfter: 4 }), spec, ({ sent }) => sent >= 100)
    expect(course.sources.map(({ triesBefore }) => triesBefore)).toEqual([4, 4, 4])
    expect(course.passed).toBe(12)
    expect(course.statuses['401']).toBe(12)
    expect(course.blocked).toBeGreaterThan(50)
    expect(new Set(course.sources.map(({ source }) => source))).toEqual(new Set(['127.66.0.1', '127.66.0.2', '127.66.0.3']))
  })

  it('are all served where nobody is blocked', async () => {
    const { course } = await attackOn(attackedServer({}), attackSpec(guess), ({ passed }) => passed >= 50)
    expect(course.blocked).toBe(0)
    expect(course.sources.every(({ blockedAfterSec }) => blockedAfterSec === null)).toBe(true)
  })

  it('are blocked by a closed connection where the plan takes it for a block, and else dropped', async () => {
    const closing = () => createServer((socket) => socket.on('error', () => undefined).destroy())
    const taken = await attackOn(closing(), attackSpec(guess), ({ blocked }) => blocked >= 10)
    expect(taken.course).toMatchObject({ passed: 0, dropped: 0 })
    const dropped = await attackOn(closing(), attackSpec(guess, { blocked: ['429'] }), (course) => course.dropped >= 10)
    expect(dropped.course.blocked).toBe(0)
  })
})

describe('connections that are held', () => {
  it('are ended by a server that gives up unfinished heads, after its time for them', async () => {
    const spec = attackSpec(hold('slowHeaders'), { connections: 10 })
    const { course, left } = await attackOn(attackedServer({ headTimeoutMs: 500 }), spec, ({ ended }) => ended >= 10)
    expect(course.held?.minSec).toBeGreaterThanOrEqual(0.5)
    expect(course.mostOpen).toBeLessThanOrEqual(10)
    expect(left).toBe(0)
  })

  it('stay where the server waits for ever, and are all closed at the end', async () => {
    const spec = attackSpec(hold('slowHeaders'), { connections: 10 })
    const enough = ({ lastOldestSec }: { readonly lastOldestSec: number }): boolean => lastOldestSec > 1
    const { course, closed, left } = await attackOn(attackedServer({}), spec, enough)
    expect(course).toMatchObject({ opened: 10, ended: 0, mostOpen: 10, held: null })
    expect(closed).toBe(10)
    expect(left).toBe(0)
  })

  it('are refused beyond a limit for each address', async () => {
    const spec = attackSpec(hold('connectionFlood'), { connections: 50 })
    const { course } = await attackOn(attackedServer({ connectionsEach: 3 }), spec, ({ blocked }) => blocked >= 20)
    // Three of each of two addresses, and those that a busy thread has opened at once (a quarter of a second's) and not yet seen closed; without the limit there are 50.
    expect(course.mostOpen).toBeLessThanOrEqual(6 + 25)
  })

  it.each(['slowBody', 'idleHoarding'] as const)('are opened by %s as many as are wanted', async (kind) => {
    const { course } = await attackOn(
      attackedServer({}),
      attackSpec(hold(kind), { connections: 8 }),
      ({ mostOpen }) => mostOpen >= 8,
    )
    expect(course.mostOpen).toBe(8)
  })
})

describe('the caps of an attack', () => {
  it('hold its sockets down, and count what they leave out', async () => {
    const caps = { perSec: 1000, sockets: 5, bytes: 1e8, seconds: 60 }
    const silent = createServer((socket) => socket.on('error', () => undefined).resume())
    const { course } = await attackOn(silent, attackSpec(guess, { caps, perSec: 200 }), ({ capped }) => capped >= 50)
    expect(course.mostOpen).toBeLessThanOrEqual(5)
    expect(course.sent).toBe(5)
  })

  it('end what it sends', async () => {
    const caps = { perSec: 1000, sockets: 50, bytes: 10_000, seconds: 60 }
    const flood: AttackAction = { kind: 'httpFlood', method: 'POST', path: '/', cacheBuster: true, bytes: 500 }
    const spec = attackSpec(flood, { caps, connections: 2, perSec: 500 })
    const { course } = await attackOn(attackedServer({}), spec, ({ capped }) => capped >= 20)
    expect(course.bytesOut).toBeLessThan(11_000)
  })

  it('end it after its time', async () => {
    const caps = { perSec: 1000, sockets: 50, bytes: 1e6, seconds: 0.3 }
    const { course, closed } = await attackOn(
      attackedServer({}),
      attackSpec(guess, { caps, perSec: 100 }),
      ({ sent }) => sent > 0,
    )
    expect(course.sent).toBeLessThan(60)
    expect(closed).toBe(0)
  })
})

describe('floods over WebSocket', () => {
  const chat = (limit: number) => {
    const server = attackedServer({})
    const sockets = new WebSocketServer({ server, path: '/ws' })
    const seen = { joins: 0, messages: 0, pings: 0 }
    sockets.on('connection', (socket) => {
      let mine = 0
      socket.on('error', () => undefined)
      socket.on('ping', () => seen.pings++)
      socket.on('message', (data: Buffer) => {
        seen[data.toString().startsWith('join') ? 'joins' : 'messages']++
        if (++mine > limit) socket.close(1008, 'too many')
      })
    })
    return { server, seen }
  }
  const messages = (kind: 'messageFlood' | 'pingFlood'): AttackAction => ({
    ...{ kind, protocol: 'ws', path: '/ws', opening: ['join {n}'], messages: ['hello {n}'] },
  })

  it('send the opening once on each connection, and then messages at their rate', async () => {
    const { server, seen } = chat(Infinity)
    const spec = attackSpec(messages('messageFlood'), { connections: 4, perSec: 200 })
    const { course } = await attackOn(server, spec, ({ sent }) => sent >= 100)
    expect(seen.joins).toBe(4)
    expect(seen.messages).toBeGreaterThanOrEqual(90)
    expect(course.blocked).toBe(0)
  })

  it('are blocked by a close code', async () => {
    const spec = attackSpec(messages('messageFlood'), { connections: 2, perSec: 200, blocked: ['1008'] })
    const { course } = await attackOn(chat(10).server, spec, ({ blocked }) => blocked >= 2)
    expect(course.statuses['1008']).toBeGreaterThanOrEqual(2)
  })

  it('ping', async () => {
    const { server, seen } = chat(Infinity)
    await attackOn(server, attackSpec(messages('pingFlood'), { connections: 2, perSec: 200 }), ({ sent }) => sent >= 40)
    expect(seen.pings).toBeGreaterThan(20)
  })

  it('break the rules of the frames, each of which ends its connection with a code', async () => {
    const spec = attackSpec({ kind: 'malformedFrames', path: '/ws' }, { blocked: [] })
    const { course } = await attackOn(chat(Infinity).server, spec, ({ passed }) => passed >= 18)
    const codes = Object.keys(course.statuses).toSorted()
    expect(codes.length).toBeGreaterThan(0)
    for (const code of codes) expect(['1002', '1007', '1009']).toContain(code)
    expect(course.silent).toBe(0)
  })

  it('open and leave in a storm', async () => {
    const spec = attackSpec({ kind: 'reconnectStorm', protocol: 'ws', path: '/ws' })
    const { course, left } = await attackOn(chat(Infinity).server, spec, ({ passed }) => passed >= 30)
    expect(course.statuses['101']).toBeGreaterThanOrEqual(30)
    expect(left).toBe(0)
  })
})

describe('log-ins with names that exist and names that do not', () => {
  const action: AttackAction = { kind: 'userEnumeration', path: '/login', known: ['ada', 'bob'], unknown: ['nobody'], form }
  const spec = attackSpec(action, { perSec: 60 })
  const enough = ({ known, unknown }: AttackCourse): boolean => Math.min(known.length, unknown.length) >= 60

  const some = ({ known, unknown }: AttackCourse): boolean => Math.min(known.length, unknown.length) >= 10

  it('take a different time where the server does more work for one of them', async () => {
    const { course } = await attackOn(attackedServer({ leakMs: 200 }), spec, enough)
    const { effect = NaN, difference = NaN } = rankTest(course.known, course.unknown) ?? {}
    // A busy machine adds to both; so much is more than it takes away from one.
    expect(effect).toBeGreaterThan(0.71)
    expect(difference / 1000).toBeGreaterThan(100)
  })

  it('are answered alike by a server that tells nothing, whatever differs from one answer to the next', async () => {
    const { course } = await attackOn(attackedServer({}), spec, some)
    const [words = '', ...more] = Object.keys(course.said.known)
    expect(more).toEqual([])
    expect(words).toBe('401 {"error":"wrong password","user":"…","request":"#","left":#}')
    expect(Object.keys(course.said.unknown)).toEqual([words])
    expect(course.statuses).toEqual({ 401: course.passed })
  })

  it.each([
    ['status', '404 {"error":"wrong password"'],
    ['words', '401 {"error":"no such user"'],
  ] as const)('are told by the %s of the answer where the server tells', async (tells, words) => {
    const { course } = await attackOn(attackedServer({ tells }), spec, some)
    expect(Object.keys(course.said.unknown)).toEqual([expect.stringContaining(words)])
    expect(Object.keys(course.said.known)).toEqual([expect.stringContaining('401 {"error":"wrong password"')])
  })

  it('say nothing where they are blocked', async () => {
    const { course } = await attackOn(attackedServer({ blockAfter: 5 }), spec, ({ blocked }) => blocked >= 30)
    const told = Object.values({ ...course.said.known, ...course.said.unknown }).reduce((sum, count) => sum + count, 0)
    expect(told).toBeLessThanOrEqual(course.passed)
    expect(Object.keys(course.said.known).filter((words) => words.startsWith('429'))).toEqual([])
  })

  it('are told apart by whom they ask for, in turn', async () => {
    const { course } = await attackOn(attackedServer({}), spec, enough)
    expect(Math.abs(course.known.length - course.unknown.length)).toBeLessThanOrEqual(2)
  })
})

describe('malformed HTTP', () => {
  it('is answered with an error or a closed connection by a server that bears it', async () => {
    const { course } = await attackOn(
      attackedServer({ headTimeoutMs: 1000 }),
      attackSpec({ kind: 'malformedHttp', path: '/' }, { perSec: 50 }),
      ({ passed, blocked }) => passed + blocked >= 33,
    )
    expect(course.statuses['400']).toBeGreaterThan(5)
    expect(course.silent).toBe(0)
  })
})
