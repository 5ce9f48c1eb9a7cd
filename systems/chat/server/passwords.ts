import { randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto'
import { overloaded } from './errors.ts'

const keyBytes = 32
/** Node hashes on four threads; who would wait behind this many others is told to come back instead. */
const mostAtOnce = 64

export interface PasswordOptions {
  /** N of scrypt, a power of two: 2^14 costs about 40 ms of one core and 16 MB a log-in, on purpose (OWASP password storage). */
  readonly cost?: number
  /** A planted defect when false: see `Behaviour.hashesAsynchronously`. */
  readonly isAsynchronous?: boolean
}

export class Passwords {
  readonly #cost: number
  readonly #isAsynchronous: boolean
  #nobody: Promise<string> | undefined
  #running = 0

  constructor({ cost = 16_384, isAsynchronous = true }: PasswordOptions = {}) {
    this.#cost = cost
    this.#isAsynchronous = isAsynchronous
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(16)
    const key = await this.#derive(password, salt, this.#cost)
    return `scrypt:${this.#cost}:${salt.toString('hex')}:${key.toString('hex')}`
  }

  /** Somebody unknown costs the same time as a wrong password, so that nobody can tell who is registered. */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const [, cost, salt, key] = (stored ?? (await this.#ofNobody())).split(':')
    if (!cost || !salt || !key) return false
    const expected = Buffer.from(key, 'hex')
    const actual = await this.#derive(password, Buffer.from(salt, 'hex'), Number(cost))
    return stored !== undefined && actual.length === expected.length && timingSafeEqual(actual, expected)
  }

  /** Hashed once, by the start of the server. */
  async #ofNobody(): Promise<string> {
    this.#nobody ??= this.hash(randomBytes(16).toString('hex'))
    return this.#nobody
  }

  async #derive(password: string, salt: Buffer, N: number): Promise<Buffer> {
    if (!this.#isAsynchronous) return scryptSync(password, salt, keyBytes, { N, r: 8, p: 1 })
    if (this.#running >= mostAtOnce) throw overloaded('Too many log-ins at once.')
    this.#running += 1
    try {
      return await new Promise((resolve, reject) => {
        scrypt(password, salt, keyBytes, { N, r: 8, p: 1 }, (error, key) => (error ? reject(error) : resolve(key)))
      })
    } finally {
      this.#running -= 1
    }
  }
}
