import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FaultLink, Proxy } from '../../src/faults/index.ts'
import type { FaultScope, HttpAction, ToxicSpec } from '../../src/model/link-fault.ts'
import { startBuiltProxy } from '../kit/built-proxy.ts'

// What Node's own client and Node's own server see of each fault, with the built proxy in its thread between them. Each is asked for before the fault as well,
// and around it: that is its healthy twin.

/** What the service has done, in its own words. */
interface Work {
  readonly path: string
  readonly body: string
  /** Of the connection. */
  readonly port: number
  /** When its answer had gone to the kernel whole; undefined until then. */
  sentMs: number | undefined
}

interface Heard {
  /** Null: no head came. */
  readonly status: number | null
  readonly retryAfter: string | undefined
  readonly body: string
  /** How the answer ended early. */
  readonly error: string | undefined
  readonly headMs: number
  readonly totalMs: number
  readonly pieces: number
}

const answerText = 'receipt '.repeat(500)
let works: Work[] = []
let proxy: Proxy
let link: FaultLink

const server = createServer((incoming: IncomingMessage, answer: ServerResponse) => {
  const parts: Buffer[] = []
  incoming.on('data', (part: Buffer) => parts.push(part))
  incoming.on('end', () => {
    const { url = '', socket } = incoming
    const work: Work = { path: url, body: Buffer.concat(parts).toString(), port: socket.remotePort ?? 0, sentMs: undefined }
    works.push(work)
    answer.on('finish', () => (work.sentMs = performance.now()))
    answer.setHeader('content-length', answerText.length).end(answerText)
  })
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await startBuiltProxy()
  const { port } = server.address() as AddressInfo // it listens at a port
  link = await proxy.open({ name: 'payments', protocol: 'http', upstream: { host: '127.0.0.1', port } })
})
afterAll(async () => {
  await proxy.close()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  works = []
})

/** One request by Node's own client, and whatever comes of it. */
async function charge(body = 'ten', path = '/charges'): Promise<Heard> {
  const startMs = performance.now()
  const since = (): number => performance.now() - startMs
  const { host, port } = link.address
  const outgoing = request({ host, port, method: 'POST', path, agent: new Agent() })
  outgoing.end(body)
  let headMs = Infinity
  let [text, pieces] = ['', 0]
  let answer: IncomingMessage | undefined
  let error: string | undefined
  try {
    const [got] = (await once(outgoing, 'response')) as [IncomingMessage]
    answer = got
    headMs = since()
    for await (const part of got) {
      text += String(part)
      pieces += 1
    }
  } catch (thrown) {
    error = (thrown as NodeJS.ErrnoException).code // of a socket
  }
  return {
    status: answer?.statusCode ?? null,
    retryAfter: answer?.headers['retry-after'],
    ...{ body: text, error, headMs, totalMs: since(), pieces },
  }
}

type Laid<A = HttpAction> = A extends HttpAction ? Omit<A, 'on'> : never

/** What happens while the fault is there; before it, beside it and after it the same request is served. */
async function during<T>(
  action: Laid,
  act: () => Promise<T>,
  { scope, ...more }: { scope?: FaultScope } & Partial<ToxicSpec> = {},
): Promise<T> {
  const whole = { status: 200, body: answerText, error: undefined }
  const twin = async (path?: string): Promise<void> => {
    works = []
    expect(await charge('ten', path)).toMatchObject(whole)
    expect(works).toMatchObject([{ body: 'ten' }])
  }
  await twin()
  const id = action.kind
  const where = scope?.where ?? 'POST /charges'
  await link.add({ id, action: { ...action, on: 'payments' }, seed: 1, lifeMs: 60_000, scope: { ...scope, where }, ...more })
  await twin('/others')
  works = []
  const result = await act()
  const seen = works
  await link.remove(id)
  await twin()
  works = seen
  return result
}

/** The service has handed over its answer to the last byte. */
const sent = (): Promise<void> =>
  expect.poll(() => works.map(({ sentMs }) => sentMs !== undefined), { interval: 2 }).not.toContain(false)

/** On a busy machine anybody may be late: the best of several tries tells what the fault itself does. */
async function bestOf(tries: number, act: () => Promise<Heard>): Promise<readonly Heard[]> {
  const heard: Heard[] = []
  for (let i = 0; i < tries; i++) heard.push(await act())
  return heard
}
const least = (values: readonly number[]): number => Math.min(...values)

/** Of a time, as stated in docs/guides/dependency-faults.md: never too early, and late by no more than this. */
const lateMs = 50

describe('a status', () => {
  it('is told to the client, and the service has no work with it', async () => {
    const heard = await during({ kind: 'status', status: 503 }, () => bestOf(3, charge))
    expect(heard.map(({ status, retryAfter }) => [status, retryAfter])).toEqual(Array(3).fill([503, undefined]))
    expect(works).toEqual([])
  })

  it('with an honest Retry-After: who waits for that long is served, and not much earlier', async () => {
    const forMs = 1800
    const told = await during(
      { kind: 'status', status: 429, retryAfter: true },
      async () => {
        const first = await charge()
        await sleep(1000 * Number(first.retryAfter))
        return { first, later: await charge() }
      },
      { lifeMs: forMs, forMs },
    )
    // Whole seconds, rounded up, of what is left.
    expect(told.first.status).toBe(429)
    expect(told.first.retryAfter).toMatch(/^[12]$/)
    expect(told.later.status).toBe(200)
    expect(works).toHaveLength(1)
  })

  it('with a Retry-After that is not true: it tells an hour, and is over after a second', async () => {
    const told = await during(
      { kind: 'status', status: 503, retryAfter: 3600 },
      async () => {
        const first = await charge()
        await expect.poll(async () => (await charge()).status, { timeout: 10_000, interval: 50 }).toBe(200)
        return first
      },
      { lifeMs: 1000, forMs: 1000 },
    )
    expect(told).toMatchObject({ status: 503, retryAfter: '3600' })
  })
})

describe('a slow answer', () => {
  const overMs = 300

  it('has its head late by what was asked for, long after the service had sent it', async () => {
    const heard = await during({ kind: 'slow-headers', overMs }, () =>
      bestOf(5, async () => {
        const startMs = performance.now()
        const one = await charge()
        const work = works.at(-1)
        expect((work?.sentMs ?? Infinity) - startMs).toBeLessThan(one.headMs - overMs / 2)
        return one
      }),
    )
    for (const one of heard) expect(one).toMatchObject({ status: 200, body: answerText })
    expect(least(heard.map(({ headMs }) => headMs))).toBeGreaterThanOrEqual(overMs)
    expect(least(heard.map(({ headMs }) => headMs))).toBeLessThan(overMs + lateMs)
    expect(works).toHaveLength(5)
  })

  it('has its head at once and its body in drops', async () => {
    const heard = await during({ kind: 'slow-body', overMs }, () => bestOf(5, charge))
    for (const one of heard) {
      expect(one).toMatchObject({ status: 200, body: answerText })
      expect(one.pieces).toBeGreaterThan(10)
    }
    expect(least(heard.map(({ totalMs }) => totalMs))).toBeGreaterThanOrEqual(overMs)
    expect(least(heard.map(({ totalMs }) => totalMs))).toBeLessThan(overMs + lateMs)
    expect(least(heard.map(({ headMs }) => headMs))).toBeLessThan(lateMs)
  })
})

describe('an answer that is broken off', () => {
  it.each([0.5, 0.1])(
    'after %d of its body: the client has so many bytes of what was promised, the service sent all',
    async (share) => {
      const heard = await during({ kind: 'truncate-body', share }, () => charge())
      expect(heard).toMatchObject({ status: 200, error: 'ECONNRESET' })
      expect(heard.body).toBe(answerText.slice(0, share * answerText.length))
      expect(works).toHaveLength(1)
      await sent()
    },
  )

  it('before its first byte: the client has a reset and does not know, and the work is done', async () => {
    const heard = await during({ kind: 'lose-answer' }, () => charge())
    expect(heard).toMatchObject({ status: null, body: '', error: 'ECONNRESET' })
    expect(works).toMatchObject([{ path: '/charges', body: 'ten' }])
    await sent()
  })

  it('so that who tries again is charged twice', async () => {
    const heard = await during({ kind: 'lose-answer' }, () => bestOf(2, charge), { scope: { first: 1 } })
    expect(heard.map(({ status }) => status)).toEqual([null, 200])
    expect(works.map(({ body }) => body)).toEqual(['ten', 'ten'])
  })
})

it('a request that is delivered twice is two works of the service, over two connections, and one answer', async () => {
  const heard = await during({ kind: 'duplicate-delivery' }, async () => {
    const one = await charge('eleven')
    await expect.poll(() => works.length, { interval: 2 }).toBe(2)
    return one
  })
  expect(heard).toMatchObject({ status: 200, body: answerText })
  expect(works.map(({ path, body }) => [path, body])).toEqual([
    ['/charges', 'eleven'],
    ['/charges', 'eleven'],
  ])
  expect(new Set(works.map(({ port }) => port)).size).toBe(2)
})
