import { readAddress } from './address.ts'
import { ApiError, notFound } from './api-error.ts'
import { ApiProxy } from './api-proxy.ts'
import type { Fields } from './read-body.ts'
import { fieldsOf, flagOf, readToxic, requiredText, textOf } from './read-body.ts'

export interface ApiRequest {
  readonly method: string
  /** Parts of the path, decoded. */
  readonly path: readonly string[]
  readonly body: () => Promise<unknown>
}

export interface ApiAnswer {
  readonly status: number
  readonly body?: unknown
}

/** The version of Toxiproxy whose API this is. */
const apiVersion = '2.9.0'

/** Toxiproxy's HTTP API (its `api.go`) over our links. */
export class Api {
  readonly #proxies = new Map<string, ApiProxy>()
  readonly #iOwn: readonly string[]

  /** @param iOwn hosts besides this machine that may be broken */
  constructor(iOwn: readonly string[]) {
    this.#iOwn = iOwn
  }

  async answer(request: ApiRequest): Promise<ApiAnswer> {
    const { method, path, body } = request
    const [room, name, toxics, toxic] = path
    const changes = method === 'POST' || method === 'PATCH'
    if (path.length === 1 && method === 'GET' && room === 'version') return ok({ version: apiVersion })
    if (path.length === 1 && method === 'POST' && room === 'reset') return this.#reset()
    if (path.length === 1 && method === 'POST' && room === 'populate') return this.#populate(await body())
    if (room !== 'proxies') throw new ApiError(404, 'not found')
    if (name === undefined) {
      if (method === 'GET') return ok(Object.fromEntries(this.#proxies))
      if (method === 'POST') return { status: 201, body: await this.#create(fieldsOf(await body())) }
    } else if (toxics === undefined) {
      const proxy = this.#proxy(name)
      if (method === 'GET') return ok(proxy)
      if (changes) return ok(await this.#update(proxy, fieldsOf(await body())))
      if (method === 'DELETE') return this.#delete(proxy)
    } else if (toxics === 'toxics' && path.length <= 4) {
      return this.#toxics(this.#proxy(name), toxic, request)
    }
    throw new ApiError(405, 'method not allowed')
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()))
    this.#proxies.clear()
  }

  async #toxics(proxy: ApiProxy, name: string | undefined, { method, body }: ApiRequest): Promise<ApiAnswer> {
    if (name === undefined) {
      if (method === 'GET') return ok(proxy.toxics)
      if (method !== 'POST') throw new ApiError(405, 'method not allowed')
      const toxic = readToxic(fieldsOf(await body()))
      if (proxy.toxics.some((one) => one.name === toxic.name)) throw new ApiError(409, 'toxic already exists')
      await proxy.put(toxic)
      return ok(toxic)
    }
    const before = proxy.toxic(name)
    if (method === 'GET') return ok(before)
    if (method === 'DELETE') {
      await proxy.remove(name)
      return { status: 204 }
    }
    if (method !== 'POST' && method !== 'PATCH') throw new ApiError(405, 'method not allowed')
    const toxic = readToxic(fieldsOf(await body()), before)
    await proxy.put(toxic)
    return ok(toxic)
  }

  #proxy(name: string): ApiProxy {
    const proxy = this.#proxies.get(name)
    if (proxy === undefined) throw notFound('proxy')
    return proxy
  }

  async #create(fields: Fields): Promise<ApiProxy> {
    const name = requiredText(fields, 'name')
    const upstream = this.#address('upstream', requiredText(fields, 'upstream'))
    const listen = this.#address('listen', textOf(fields, 'listen') || '127.0.0.1:0')
    if (this.#proxies.has(name)) throw new ApiError(409, 'proxy already exists')
    const proxy = await ApiProxy.open(name, listen, upstream)
    this.#proxies.set(name, proxy)
    await proxy.enable(flagOf(fields, 'enabled') ?? true)
    return proxy
  }

  async #update(proxy: ApiProxy, fields: Fields): Promise<ApiProxy> {
    const listen = textOf(fields, 'listen')
    const upstream = textOf(fields, 'upstream')
    await proxy.move(
      listen ? this.#address('listen', listen) : proxy.listen,
      upstream ? this.#address('upstream', upstream) : proxy.upstream,
    )
    const isEnabled = flagOf(fields, 'enabled')
    if (isEnabled !== undefined) await proxy.enable(isEnabled)
    return proxy
  }

  async #delete(proxy: ApiProxy): Promise<ApiAnswer> {
    this.#proxies.delete(proxy.name)
    await proxy.close()
    return { status: 204 }
  }

  /** All proxies enabled, without toxics. */
  async #reset(): Promise<ApiAnswer> {
    for (const proxy of this.#proxies.values()) {
      for (const { name } of proxy.toxics) await proxy.remove(name)
      await proxy.enable(true)
    }
    return { status: 204 }
  }

  /** Those of the list are there as it says; others stay as they are. */
  async #populate(body: unknown): Promise<ApiAnswer> {
    if (!Array.isArray(body)) throw new ApiError(400, 'bad request body: expected a list of proxies')
    const proxies: ApiProxy[] = []
    for (const item of body) {
      const fields = fieldsOf(item)
      const before = this.#proxies.get(requiredText(fields, 'name'))
      proxies.push(before === undefined ? await this.#create(fields) : await this.#update(before, { enabled: true, ...fields }))
    }
    return { status: 201, body: { proxies } }
  }

  #address(field: 'listen' | 'upstream', text: string): ReturnType<typeof readAddress> {
    return readAddress(field, text, this.#iOwn)
  }
}

function ok(body: unknown): ApiAnswer {
  return { status: 200, body }
}
