import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'
import type { LimiterVariant } from '../analysis/index.ts'
import { readLimitHeaders } from '../analysis/index.ts'
import type { LimiterSpec } from '../model/limiter-spec.ts'
import type { LimiterAnswer } from '../model/limiter-step.ts'

/** A limiter that keeps somebody waiting for longer answers nobody. */
const timeoutMs = 10_000

export interface LimiterClientOptions {
  readonly spec: LimiterSpec
  /** Of the target. */
  readonly url: string
  /** By which clients are told apart; of addresses there is one a key. */
  readonly values: readonly string[]
  readonly addresses: ((key: number) => string) | undefined
  /** Seconds from the start of the load. */
  readonly now: () => number
}

export interface Sending {
  readonly key: number
  readonly part: string
  readonly variant?: LimiterVariant
  /** Over this connection, which is not used again. */
  readonly over?: net.Socket
}

interface Wanted {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly address: string | undefined
}

/** The clients of a limiter: one a key, each with a source address of its own where the target is on loopback, and with connections of its own. */
export class LimiterClient {
  readonly #options: LimiterClientOptions
  readonly #base: URL
  readonly #agents = new Map<string, http.Agent>()
  #changes = 0

  constructor(options: LimiterClientOptions) {
    this.#options = options
    this.#base = new URL(options.url)
  }

  /** Never fails: no answer is an answer with status 0. */
  async send({ key, part, variant, over }: Sending): Promise<LimiterAnswer> {
    const { now } = this.#options
    const at = now()
    const { status, headers } = await this.#exchange(this.#request(key, variant), { over, isNew: variant === 'new connection' })
    const said = readLimitHeaders(headers, Date.now())
    return { at: rounded(at), ms: rounded(1000 * (now() - at)), status, key, part, ...(said === undefined ? {} : { said }) }
  }

  #exchange(
    { method, path, headers, body, address }: Wanted,
    { over, isNew }: { readonly over: net.Socket | undefined; readonly isNew: boolean },
  ): Promise<{ readonly status: number; readonly headers: http.IncomingHttpHeaders }> {
    return new Promise((resolve) => {
      const failed = (): void => resolve({ status: 0, headers: {} })
      const request = (this.#isTls ? https : http).request({
        ...{ method, host: this.#host, port: this.#port, path, timeout: timeoutMs },
        headers: { ...headers, ...(over === undefined ? {} : { connection: 'close' }) },
        ...(over === undefined ? { agent: this.#agentOf(address, isNew) } : { createConnection: () => over }),
      })
      request.on('response', (answer) => {
        answer.resume()
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }))
        answer.on('error', failed)
      })
      request.on('timeout', () => request.destroy(new Error('no answer in time')))
      request.on('error', failed)
      request.end(body)
    })
  }

  /** Connections that are there before anything is sent over them, so that requests can leave at the same moment. */
  async open(key: number, count: number): Promise<readonly net.Socket[]> {
    const address = this.#options.addresses?.(key)
    const place = { host: this.#host, port: this.#port, ...(address === undefined ? {} : { localAddress: address }) }
    const opening = Array.from({ length: count }, () => {
      const socket = this.#isTls ? tls.connect({ ...place, servername: this.#host }) : net.connect({ ...place, noDelay: true })
      return new Promise<net.Socket | undefined>((resolve) => {
        socket.once(this.#isTls ? 'secureConnect' : 'connect', () => resolve(socket))
        socket.once('error', () => resolve(undefined))
      })
    })
    // A target that does not take so many connections of one client is asked over those that it took.
    return (await Promise.all(opening)).filter((socket) => socket !== undefined)
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
    this.#agents.clear()
  }

  get #isTls(): boolean {
    return this.#base.protocol === 'https:'
  }

  /** Addresses of IPv4 can be chosen among; `localhost` may mean another. */
  get #host(): string {
    const { hostname } = this.#base
    return this.#options.addresses !== undefined && hostname.endsWith('localhost')
      ? '127.0.0.1'
      : hostname.replace(/^\[(.*)\]$/, '$1')
  }

  get #port(): number {
    const { port } = this.#base
    return port === '' ? (this.#isTls ? 443 : 80) : Number(port)
  }

  #agentOf(address: string | undefined, isNew: boolean): http.Agent | false {
    const local = address === undefined ? {} : { localAddress: address }
    if (isNew) return this.#isTls ? new https.Agent(local) : new http.Agent(local)
    const agent = this.#agents.get(address ?? '')
    if (agent !== undefined) return agent
    const fresh = this.#isTls ? new https.Agent({ keepAlive: true, ...local }) : new http.Agent({ keepAlive: true, ...local })
    this.#agents.set(address ?? '', fresh)
    return fresh
  }

  #request(key: number, variant: LimiterVariant | undefined): Wanted {
    const { spec, values, addresses } = this.#options
    const { request, key: by } = spec
    const value = values[key] ?? ''
    const json = by.kind === 'json' ? { ...(request.json as object), [by.name]: value } : request.json // an object, by `resolveLimiters`
    const body = json === undefined ? undefined : JSON.stringify(json)
    const headers: Record<string, string> = {
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
      host: this.#base.host,
      ...request.headers,
      ...(by.kind === 'header' ? { [by.name]: value } : {}),
    }
    const path = `${this.#base.pathname.replace(/\/$/, '')}${request.path}`
    const plain = { method: request.method, path, headers, body, address: addresses?.(key) }
    if (variant === undefined || variant === 'new connection' || variant === 'another key') return plain
    return { ...plain, ...this.#changed(variant, plain) }
  }

  /** What must not matter is changed, to something else each time. */
  #changed(
    variant: Exclude<LimiterVariant, 'new connection' | 'another key'>,
    { method, path, headers }: Wanted,
  ): Partial<Wanted> {
    this.#changes += 1
    const some = this.#changes % 250
    const address = `198.51.100.${String(some + 1)}`
    const [before = '', query] = path.split('?')
    const withPath = (changed: string): { path: string } => ({ path: query === undefined ? changed : `${changed}?${query}` })
    switch (variant) {
      case 'x-forwarded-for':
      case 'x-real-ip':
      case 'x-client-ip':
      case 'true-client-ip':
      case 'cf-connecting-ip':
        return { headers: { ...headers, [variant]: address } }
      case 'forwarded':
        return { headers: { ...headers, forwarded: `for=${address}` } }
      case 'path case':
        return withPath(caseOf(before, this.#changes))
      case 'trailing slash':
        return withPath(before.endsWith('/') ? before.slice(0, -1) : `${before}/`)
      case 'double slash':
        return withPath(before.replace(/^\//, '/'.repeat(2 + (some % 3))))
      case 'query':
        return { path: `${path}${query === undefined ? '?' : '&'}unused=${String(this.#changes)}` }
      case 'method':
        return { method: method === 'GET' ? 'HEAD' : method === 'POST' ? 'PUT' : 'POST' }
      case 'another address':
        return { address: this.#options.addresses?.(30_000 + some) }
    }
  }
}

/** Another of the ways to write it: the letter at this place, and all after it. */
function caseOf(path: string, turn: number): string {
  const letters = Array.from(path.matchAll(/[a-z]/gi), ({ index }) => index)
  const place = letters[turn % letters.length] ?? 0
  const flipped = path[place] ?? ''
  const other = flipped === flipped.toUpperCase() ? flipped.toLowerCase() : flipped.toUpperCase()
  return `${path.slice(0, place)}${other}${path.slice(place + 1)}`
}

function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5
}
