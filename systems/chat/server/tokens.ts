import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Identity } from './protection/contract.ts'

const lifeMs = 12 * 60 * 60 * 1_000

/** Signed with HMAC-SHA256, so that a log-in needs no look into the database at any door, and outlives a restart with the same secret. */
export class Tokens {
  readonly #secret: string
  readonly #now: () => number

  constructor(secret: string, now: () => number = Date.now) {
    this.#secret = secret
    this.#now = now
  }

  issue({ id, name }: Identity): string {
    const claims = Buffer.from(JSON.stringify({ id, name, until: this.#now() + lifeMs })).toString('base64url')
    return `${claims}.${this.#sign(claims).toString('base64url')}`
  }

  /** Undefined for what we did not sign, and for what is too old. */
  verify(token: string): Identity | undefined {
    const [claims, signature, ...rest] = token.split('.')
    if (!claims || !signature || rest.length > 0) return undefined
    const given = Buffer.from(signature, 'base64url')
    const expected = this.#sign(claims)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    // Ours, as its signature says.
    const { id, name, until } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Identity & { until: number }
    return until > this.#now() ? { id, name } : undefined
  }

  /** `Bearer TOKEN` of a header. */
  verifyHeader(header: string | undefined): Identity | undefined {
    const token = header === undefined ? undefined : /^Bearer (\S+)$/i.exec(header)?.[1]
    return token === undefined ? undefined : this.verify(token)
  }

  #sign(claims: string): Buffer {
    return createHmac('sha256', this.#secret).update(claims).digest()
  }
}
