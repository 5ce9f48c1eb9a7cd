import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const lifeSec = 3_600
const cookieName = 'chat_admin'

/** Who knows the password gets a cookie for an hour; a restart of the server ends it. */
export class AdminLogIn {
  readonly #password: string
  readonly #nowMs: () => number
  readonly #key = randomBytes(32)

  constructor(password: string, nowMs: () => number = Date.now) {
    this.#password = password
    this.#nowMs = nowMs
  }

  /** The value of Set-Cookie, or undefined when the password is wrong. */
  cookieFor(password: string): string | undefined {
    if (!this.#isSame(password, this.#password)) return undefined
    const until = String(this.#nowMs() + lifeSec * 1_000)
    return `${cookieName}=${until}.${this.#sign(until)}; Path=/admin; Max-Age=${lifeSec}; HttpOnly; SameSite=Strict`
  }

  isAdmin(cookies: string | undefined): boolean {
    const value = (cookies ?? '')
      .split(';')
      .map((pair) => pair.trim().split('='))
      .find(([name]) => name === cookieName)?.[1]
    const [until = '', signature = ''] = (value ?? '').split('.')
    return this.#isSame(signature, this.#sign(until)) && Number(until) > this.#nowMs()
  }

  #sign(until: string): string {
    return createHmac('sha256', this.#key).update(until).digest('base64url')
  }

  /** Of the same length whatever was given, so that the time tells nothing. */
  #isSame(given: string, expected: string): boolean {
    const digest = (text: string): Buffer => createHmac('sha256', this.#key).update(text).digest()
    return timingSafeEqual(digest(given), digest(expected))
  }
}
