import { LRUCache } from 'lru-cache'

export interface CacheFigures {
  hits: number
  misses: number
}

export interface Cached<Value> {
  readonly value: Value
  readonly outcome: 'hit' | 'miss'
}

export interface CacheOptions<Value extends object> {
  readonly isOn: boolean
  readonly max: number
  readonly ttlMs: number
  readonly load: (key: string) => Promise<Value>
}

/**
 * A cache in front of a loader. Callers that miss the same key together share one load, so that an entry that runs out
 * under load costs one query and not hundreds.
 */
export class Cache<Value extends object> {
  readonly figures: CacheFigures = { hits: 0, misses: 0 }
  readonly #entries: LRUCache<string, Value>
  readonly #loading = new Map<string, Promise<Value>>()
  readonly #options: CacheOptions<Value>

  constructor(options: CacheOptions<Value>) {
    this.#options = options
    this.#entries = new LRUCache({ max: options.max, ttl: options.ttlMs })
  }

  async get(key: string): Promise<Cached<Value>> {
    const value = this.#options.isOn ? this.#entries.get(key) : undefined
    if (value) {
      this.figures.hits += 1
      return { value, outcome: 'hit' }
    }
    this.figures.misses += 1
    return { value: await (this.#options.isOn ? this.#loadOnce(key) : this.#options.load(key)), outcome: 'miss' }
  }

  #loadOnce(key: string): Promise<Value> {
    const running = this.#loading.get(key)
    if (running) return running
    const load = this.#load(key).finally(() => this.#loading.delete(key))
    this.#loading.set(key, load)
    return load
  }

  async #load(key: string): Promise<Value> {
    const value = await this.#options.load(key)
    this.#entries.set(key, value)
    return value
  }
}
