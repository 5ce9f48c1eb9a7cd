import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect } from 'vitest'
import type { FaultScope, HttpAction, LinkCounts, ToxicSpec } from '../../src/model/link-fault.ts'
import { Link } from '../../src/faults/proxy/link.ts'

export const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void

interface Service {
  readonly link: Link
  /** Method and path of what reached the service, with its body. */
  readonly seen: string[]
  readonly ports: Set<number>
}

const echo: Handler = ({ method }, body, response) => {
  response.end(`${method ?? ''} ${body}`)
}

/** A service behind a link of the proxy. */
export async function serve(handler: Handler = echo): Promise<Service> {
  const seen: string[] = []
  const ports = new Set<number>()
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const body = Buffer.concat(parts).toString()
      seen.push(`${incoming.method ?? ''} ${incoming.url ?? ''}${body === '' ? '' : ` ${body}`}`)
      ports.add(incoming.socket.remotePort ?? 0)
      handler(incoming, body, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  const { port } = server.address() as AddressInfo // it listens at a port
  return { link: await linkTo(port), seen, ports }
}

export async function linkTo(port: number): Promise<Link> {
  const link = await Link.open({ name: 'payments', protocol: 'http', upstream: { host: '127.0.0.1', port } })
  open.push(link)
  return link
}

type Laid<A = HttpAction> = A extends HttpAction ? Omit<A, 'on'> : never

export async function lay(link: Link, action: Laid, scope?: FaultScope, more: Partial<ToxicSpec> = {}): Promise<void> {
  await link.add({
    id: action.kind,
    action: { ...action, on: 'payments' },
    seed: 1,
    lifeMs: 60_000,
    ...(scope === undefined ? {} : { scope }),
    ...more,
  })
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined
  readonly headMs: number
  readonly totalMs: number
  readonly port: number
}

/** One request by Node's own client. */
export async function ask(
  link: Link,
  method: string,
  path: string,
  { body, agent }: { body?: string; agent?: Agent } = {},
): Promise<Answer> {
  const start = performance.now()
  const { port } = link.address
  const outgoing = request({ host: '127.0.0.1', port, method, path, agent: agent ?? new Agent() })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  const headMs = performance.now() - start
  let text = ''
  for await (const part of answer) text += String(part)
  return {
    status: answer.statusCode ?? 0,
    body: text,
    retryAfter: answer.headers['retry-after'],
    headMs,
    totalMs: performance.now() - start,
    port: outgoing.socket?.localPort ?? 0,
  }
}

export const errorOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'no error',
    (thrown: unknown) => (thrown as NodeJS.ErrnoException).code ?? String(thrown), // of sockets
  )

export async function counts(link: Link): Promise<LinkCounts> {
  return (await link.look()).counts
}

/** Until the link has counted that; what a client sees may come before. */
export async function counted(link: Link, expected: Partial<LinkCounts>): Promise<void> {
  await expect.poll(() => counts(link), { timeout: 5000, interval: 5 }).toMatchObject(expected)
}

export function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  open.push({
    close: () => {
      agent.destroy()
    },
  })
  return agent
}

export function ignore(): void {
  // the end of the link is a reset
}

/** What comes until `end` has come `times`. */
export async function read(socket: Socket, end: string, times = 1): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (text.split(end).length <= times) return
      socket.off('data', take)
      resolve(text)
    }
    socket.on('data', take)
    socket.once('error', reject)
    socket.once('close', () => {
      reject(new Error(`closed after ${JSON.stringify(text)}`))
    })
  })
}
