import { addressKey } from './address-key.ts'
import type { Admission, Caller, RateLimiter, RatePolicy } from './contract.ts'
import { TokenBuckets, type BucketLimits } from './token-buckets.ts'

export interface RateLimiterOptions {
  readonly user: BucketLimits
  readonly address: BucketLimits
  /** A planted defect when false: see `Behaviour.takesTokensAtOnce`. */
  readonly takesAtOnce?: boolean
  readonly nowMs?: () => number
}

interface Claim {
  readonly policy: RatePolicy
  readonly buckets: TokenBuckets
  readonly key: string
  readonly cost: number
  /** Before anything is taken. */
  readonly tokens: number
}

/** Whoever has a user is counted for the user and for the address; a token is taken from both or from none. */
export class BucketRateLimiter implements RateLimiter {
  readonly #users: TokenBuckets
  readonly #addresses: TokenBuckets
  readonly #takesAtOnce: boolean

  constructor({ user, address, takesAtOnce = true, nowMs }: RateLimiterOptions) {
    const clock = nowMs === undefined ? {} : { nowMs }
    this.#users = new TokenBuckets({ ...user, ...clock })
    this.#addresses = new TokenBuckets({ ...address, ...clock })
    this.#takesAtOnce = takesAtOnce
  }

  /** Callers that somebody has to remember. */
  get size(): number {
    return this.#users.size + this.#addresses.size
  }

  async take({ user, address, cost = 1 }: Caller & { readonly cost?: number }): Promise<Admission> {
    // From reading to writing nothing else can run: one thread, and no `await` between them.
    const claims = [
      ...(user === undefined ? [] : [claimOf('user', this.#users, user, cost)]),
      claimOf('address', this.#addresses, addressKey(address), cost),
    ]
    const refusing = claims.filter(({ tokens, cost: price }) => tokens < price)
    if (refusing.length > 0) return refused(claims, refusing)
    if (!this.#takesAtOnce) await new Promise((resolve) => setImmediate(resolve))
    for (const { buckets, key, tokens, cost: price } of claims) buckets.set(key, tokens - price)
    return admitted(claims)
  }
}

/** Everybody may: for the planted defect, and to measure what limiting costs. */
export const unlimited: RateLimiter = {
  take: () =>
    Promise.resolve({ allowed: true, limit: 0, remaining: 0, resetSec: 0, retryAfterSec: 0, policies: [], policy: 'none' }),
}

function claimOf(name: RatePolicy['name'], buckets: TokenBuckets, key: string, cost: number): Claim {
  const { burst, ratePerSec } = buckets
  const policy = { name, limit: burst, windowSec: burst / ratePerSec }
  // What costs more than a whole bucket would never be allowed, however long somebody waits.
  return { policy, buckets, key, cost: Math.min(cost, burst), tokens: buckets.tokens(key) }
}

function refused(claims: readonly Claim[], refusing: readonly Claim[]): Admission {
  const waits = refusing.map((claim) => ({ claim, sec: claim.buckets.secondsUntil(claim.key, claim.cost) }))
  const longest = waits.reduce((a, b) => (b.sec > a.sec ? b : a))
  return { ...figuresOf(claims, longest.claim), allowed: false, retryAfterSec: longest.sec }
}

function admitted(claims: readonly Claim[]): Admission {
  const left = ({ buckets, key }: Claim): number => buckets.tokens(key) / buckets.burst
  return {
    ...figuresOf(
      claims,
      claims.reduce((a, b) => (left(b) < left(a) ? b : a)),
    ),
    allowed: true,
    retryAfterSec: 0,
  }
}

function figuresOf(claims: readonly Claim[], { policy, buckets, key }: Claim) {
  return {
    limit: buckets.burst,
    remaining: Math.floor(buckets.tokens(key)),
    resetSec: buckets.secondsUntil(key, buckets.burst),
    policies: claims.map((claim) => claim.policy),
    policy: policy.name,
  }
}
