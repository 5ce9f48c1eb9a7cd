import { ToolError } from '../../base/errors.ts'
import type { HttpSpec } from '../../model/plan-spec.ts'
import type { HostRule } from '../host-rule.ts'
import { BoundedCache } from '../bounded-cache.ts'
import { foldName } from '../request-name.ts'

/** Where sockets lead to. One object an origin and worker, so that it can be compared by identity. */
export interface Origin {
  readonly key: string
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** Where sockets connect to instead: a proxy that stands in the way and is not to be seen. */
  readonly via?: RouteAddress
}

export interface RouteAddress {
  readonly host: string
  readonly port: number
}

/** Everything about a request that only its method and URL decide, made once and reused. */
export interface PreparedRequest {
  readonly method: string
  readonly origin: Origin
  readonly url: URL
  readonly href: string
  readonly name: string
  /** Request line and Host. */
  readonly lead: string
  /** The whole head of a request without headers of its own. */
  readonly head: string
  readonly idempotent: boolean
  readonly forHead: boolean
  /** Without a body, nothing needs to be said about its length (RFC 9110 section 8.6). */
  readonly bodiless: boolean
}

const cachedRequests = 5_000
const idempotentMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
const methodToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Turns method and URL into a request that is ready to be written. */
export class RequestBook {
  readonly defaults: readonly (readonly [string, string])[]
  readonly #base: string
  readonly #hosts: HostRule
  readonly #routes: Readonly<Record<string, RouteAddress>>
  readonly #origins = new Map<string, Origin>()
  readonly #byMethod = new Map<string, BoundedCache<PreparedRequest>>()
  readonly #gets: BoundedCache<PreparedRequest>
  readonly #defaultLines: string

  constructor(
    spec: HttpSpec,
    baseUrl: string | undefined,
    rules: { hosts: HostRule; routes: Readonly<Record<string, RouteAddress>> },
  ) {
    this.#base = (baseUrl ?? '').replace(/\/+$/, '')
    this.#hosts = rules.hosts
    this.#routes = rules.routes
    this.defaults = defaultHeaders(spec)
    this.#defaultLines = this.defaults.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    this.#gets = new BoundedCache(cachedRequests)
    this.#byMethod.set('GET', this.#gets)
  }

  /** Throws ToolError for a URL that cannot be used or a host that is not allowed. // hot */
  find(method: string, url: string): PreparedRequest {
    const known = (method === 'GET' ? this.#gets : this.#byMethod.get(method))?.get(url)
    return known ?? this.#prepare(method, url)
  }

  #prepare(method: string, text: string): PreparedRequest {
    if (!methodToken.test(method)) throw new ToolError('PLAN_INVALID', `Expected a method such as GET, got "${method}".`)
    const url = this.#resolve(text)
    this.#hosts.check(url)
    const path = `${url.pathname}${url.search}`
    const lead = `${method} ${path} HTTP/1.1\r\nhost: ${url.host}\r\n${basicAuthorization(url)}`
    const request: PreparedRequest = {
      method,
      origin: this.#originOf(url),
      url,
      href: url.href,
      name: foldName(method, url.pathname),
      lead,
      head: `${lead}${this.#defaultLines}\r\n`,
      idempotent: idempotentMethods.has(method),
      forHead: method === 'HEAD',
      bodiless: method !== 'POST' && method !== 'PUT' && method !== 'PATCH',
    }
    let cache = this.#byMethod.get(method)
    if (cache === undefined) {
      cache = new BoundedCache(cachedRequests)
      this.#byMethod.set(method, cache)
    }
    cache.set(text, request)
    return request
  }

  #resolve(text: string): URL {
    const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
    if (!absolute && this.#base === '') {
      throw new ToolError('PLAN_INVALID', `Expected a whole URL such as http://127.0.0.1:8080/, got "${text}".`, {
        hint: 'A path alone needs `target.url` in the plan.',
      })
    }
    const whole = absolute ? text : `${this.#base}${/^[/?]/.test(text) ? '' : '/'}${text}`
    let url: URL
    try {
      url = new URL(whole)
    } catch (cause) {
      throw new ToolError('PLAN_INVALID', `Expected a URL, got "${text}".`, { cause })
    }
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new ToolError('PLAN_INVALID', `Expected a URL that begins with http:// or https://, got "${text}".`)
    }
    url.hash = ''
    return url
  }

  #originOf(url: URL): Origin {
    const known = this.#origins.get(url.origin)
    if (known !== undefined) return known
    const tls = url.protocol === 'https:'
    const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port)
    const via = this.#routes[url.origin]
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const origin = { key: url.origin, host, port, tls, ...(via === undefined ? {} : { via }) }
    this.#origins.set(url.origin, origin)
    return origin
  }
}

/** No `accept-encoding`: a plan that wants compressed answers asks for them, because decoding costs the generator CPU. */
function defaultHeaders(spec: HttpSpec): readonly (readonly [string, string])[] {
  const headers = new Map<string, string>([
    ['user-agent', 'proofload'],
    ['accept', '*/*'],
  ])
  if (!spec.keepAlive) headers.set('connection', 'close')
  for (const [name, value] of Object.entries(spec.headers)) headers.set(name.toLowerCase(), value)
  return [...headers]
}

function basicAuthorization(url: URL): string {
  if (url.username === '' && url.password === '') return ''
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return `authorization: Basic ${Buffer.from(credentials).toString('base64')}\r\n`
}
