import { CookieJar } from 'tough-cookie'
import type { CookieContext } from '../../model/http-context.ts'

interface CachedHeader {
  readonly text: string
  readonly untilMs: number
}

const cachedHeaders = 50

/** One user's cookies. The Cookie header of each URL is kept until the jar changes or one of its cookies expires. */
export class Cookies implements CookieContext {
  readonly #base: string | undefined
  #jar: CookieJar | undefined
  #headers: Map<string, CachedHeader> | undefined

  /** `base`: the URL meant where none is given. */
  constructor(base: string | undefined) {
    this.#base = base
  }

  get(name: string, url?: string): string | undefined {
    return this.#jar?.getCookiesSync(this.#urlOf(url)).find((cookie) => cookie.key === name)?.value
  }

  set(name: string, value: string, url?: string): void {
    this.#store(`${name}=${value}; Path=/`, this.#urlOf(url))
  }

  clear(): void {
    this.#jar = undefined
    this.#headers = undefined
  }

  /** Of an answer; what does not parse or belongs to another domain is left out, as browsers do. */
  keep(lines: readonly string[], url: string): void {
    for (const line of lines) this.#store(line, url)
  }

  /** Empty: nothing to send. // hot */
  headerFor(url: string): string {
    if (this.#jar === undefined) return ''
    const cached = this.#headers?.get(url)
    if (cached !== undefined && cached.untilMs > Date.now()) return cached.text
    return this.#read(this.#jar, url)
  }

  #read(jar: CookieJar, url: string): string {
    const cookies = jar.getCookiesSync(url)
    const untilMs = cookies.reduce((earliest, cookie) => Math.min(earliest, cookie.expiryTime() ?? Infinity), Infinity)
    const text = cookies.map((cookie) => cookie.cookieString()).join('; ')
    if (this.#headers === undefined || this.#headers.size >= cachedHeaders) this.#headers = new Map()
    this.#headers.set(url, { text, untilMs })
    return text
  }

  #store(line: string, url: string): void {
    this.#jar ??= new CookieJar()
    this.#headers = undefined
    this.#jar.setCookieSync(line, url, { ignoreError: true })
  }

  #urlOf(url: string | undefined): string {
    if (this.#base !== undefined) return new URL(url ?? '/', this.#base).href
    if (url !== undefined) return url
    throw new Error('Expected a URL, because the plan has no `target.url`')
  }
}
