import type { CookieContext, HttpContext, HttpResponse, RequestOptions } from '../../model/http-context.ts'
import { Cookies } from './cookies.ts'
import type { Engine } from './engine.ts'
import { Exchange } from './exchange.ts'
import type { OutgoingBody } from './outgoing-body.ts'
import { encodePairs, outgoingBody } from './outgoing-body.ts'
import { Pool } from './pool.ts'
import { composeHead } from './request-head.ts'
import type { RequestRules } from './request-rules.ts'
import { rulesOf } from './request-rules.ts'
import type { Origin, PreparedRequest } from './target.ts'

/** The pools of a worker, for users that share their sockets. */
export interface SharedPools {
  poolFor(origin: Origin): Pool
}

/** Is told of each answer (or failure) of a user, just before its scenario goes on. */
export interface AnswerListener {
  answered(answer: HttpResponse): void
}

/** One virtual user's HTTP: sockets (or a share of the worker's), cookies, requests in flight. Made lazily throughout, because there may be ten thousand. */
export class HttpUser {
  readonly context: HttpContext
  listener: AnswerListener | undefined
  readonly #engine: Engine
  readonly #rules: RequestRules
  readonly #shared: SharedPools | undefined
  readonly #base: string | undefined
  #cookies: Cookies | undefined
  #lastOrigin: Origin | undefined
  #lastPool: Pool | undefined
  #pools: Map<Origin, Pool> | undefined
  #first: Exchange | undefined
  /** Due time of the next request; NaN: none was set. */
  #dueMs = NaN

  constructor(engine: Engine, rules: RequestRules, shared: SharedPools | undefined, base: string | undefined) {
    this.#engine = engine
    this.#rules = rules
    this.#shared = shared
    this.#base = base
    this.context = new UserContext(this)
  }

  /** Due time of the next request only. */
  intend(ms: number): void {
    this.#dueMs = ms
  }

  /** Closes everything in flight at once: failures of kind `aborted`. */
  abort(): void {
    for (let exchange = this.#first; exchange !== undefined; exchange = this.#first) exchange.abort()
  }

  /** The user's end: its own sockets are closed, shared ones stay with the worker; cookies are forgotten. */
  close(): void {
    this.abort()
    if (this.#shared === undefined) this.#lastPool?.close()
    if (this.#pools !== undefined) for (const pool of this.#pools.values()) pool.close()
    this.#lastOrigin = undefined
    this.#lastPool = undefined
    this.#pools = undefined
    this.#cookies = undefined
  }

  get cookies(): Cookies {
    this.#cookies ??= new Cookies(this.#base)
    return this.#cookies
  }

  /** Every request goes through here. Mistakes of the plan reject the promise. // hot */
  request(method: string, url: string, options: RequestOptions | undefined): Promise<HttpResponse> {
    try {
      return options === undefined ? this.#plain(method, url) : this.#special(method, url, options)
    } catch (error) {
      // A ToolError already: find() and rulesOf() throw nothing else.
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** The bytes of a request's head. */
  compose(
    request: PreparedRequest,
    headers: Readonly<Record<string, string>> | undefined,
    body: OutgoingBody | undefined,
  ): string {
    const cookie = this.#cookies === undefined ? '' : this.#cookies.headerFor(request.href)
    if (headers === undefined && body === undefined && cookie === '' && request.bodiless) return request.head
    return composeHead(request, { defaults: this.#engine.book.defaults, headers, body, cookie })
  }

  keepCookies(request: PreparedRequest, lines: readonly string[]): void {
    this.cookies.keep(lines, request.href)
  }

  /** hot */
  poolFor(origin: Origin): Pool {
    if (origin === this.#lastOrigin && this.#lastPool !== undefined) return this.#lastPool
    return this.#findPool(origin)
  }

  /** hot */
  enter(exchange: Exchange): void {
    const first = this.#first
    if (first !== undefined) {
      exchange.after = first
      first.before = exchange
    }
    this.#first = exchange
  }

  /** hot */
  leave(exchange: Exchange): void {
    const { before, after } = exchange
    if (before === undefined) this.#first = after
    else before.after = after
    if (after !== undefined) after.before = before
    exchange.before = undefined
    exchange.after = undefined
  }

  #plain(method: string, url: string): Promise<HttpResponse> {
    const request = this.#engine.book.find(method, url)
    return this.#begin(request, this.compose(request, undefined, undefined), undefined, this.#rules)
  }

  #special(method: string, url: string, options: RequestOptions): Promise<HttpResponse> {
    const rules = rulesOf(options, this.#rules)
    const body = outgoingBody(options)
    const request = this.#engine.book.find(method, options.query === undefined ? url : withQuery(url, options.query))
    return this.#begin(request, this.compose(request, options.headers, body), body, rules)
  }

  // hot
  #begin(request: PreparedRequest, wire: string, body: OutgoingBody | undefined, rules: RequestRules): Promise<HttpResponse> {
    const now = this.#engine.now()
    const dueMs = this.#dueMs
    this.#dueMs = NaN
    return new Exchange(this.#engine, this, request, wire, body, rules, now, Number.isNaN(dueMs) ? now : dueMs).start()
  }

  #findPool(origin: Origin): Pool {
    let pool = this.#shared?.poolFor(origin) ?? this.#pools?.get(origin)
    if (pool === undefined) {
      pool = new Pool(this.#engine, origin, this.#engine.spec.maxConnectionsPerUser)
      // The map comes with the second origin: most users know only one.
      if (this.#lastOrigin !== undefined && this.#lastPool !== undefined) {
        this.#pools ??= new Map([[this.#lastOrigin, this.#lastPool]])
        this.#pools.set(origin, pool)
      }
    }
    this.#lastOrigin = origin
    this.#lastPool = pool
    return pool
  }
}

/** What the scenario sees of {@link HttpUser}. */
class UserContext implements HttpContext {
  readonly #user: HttpUser

  constructor(user: HttpUser) {
    this.#user = user
  }

  get cookies(): CookieContext {
    return this.#user.cookies
  }

  get(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.#user.request('GET', url, options)
  }

  head(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.#user.request('HEAD', url, options)
  }

  post(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.#user.request('POST', url, options)
  }

  put(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.#user.request('PUT', url, options)
  }

  patch(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.#user.request('PATCH', url, options)
  }

  delete(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.#user.request('DELETE', url, options)
  }

  options(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.#user.request('OPTIONS', url, options)
  }

  request(method: string, url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.#user.request(method, url, options)
  }
}

function withQuery(url: string, query: NonNullable<RequestOptions['query']>): string {
  const pairs = encodePairs(query)
  if (pairs === '') return url
  const [whole = ''] = url.split('#')
  return `${whole}${whole.includes('?') ? '&' : '?'}${pairs}`
}
