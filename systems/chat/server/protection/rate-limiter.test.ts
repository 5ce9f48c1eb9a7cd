import { expect, test } from 'vitest'
import type { RateLimiter } from './contract.ts'
import { limitHeaders } from './limit-headers.ts'
import { BucketRateLimiter, unlimited } from './rate-limiter.ts'

const generous = { ratePerSec: 1_000_000, burst: 1_000_000 }

function limiterOf(options: { readonly takesAtOnce?: boolean; readonly address?: { ratePerSec: number; burst: number } } = {}) {
  const clock = { ms: 0 }
  const limiter = new BucketRateLimiter({
    user: { ratePerSec: 10, burst: 20 },
    address: generous,
    nowMs: () => clock.ms,
    ...options,
  })
  return { limiter, clock }
}

/** Admitted of `count` that are asked at the same moment. */
async function atOnce(limiter: RateLimiter, count: number, caller = { user: 'ann', address: '127.0.0.1' }): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, () => limiter.take(caller)))
  return answers.filter(({ allowed }) => allowed).length
}

test('a burst at the same moment gets the whole bucket and not one token more', async () => {
  const { limiter } = limiterOf()
  expect(await atOnce(limiter, 100)).toBe(20)
  expect(await atOnce(limiter, 100)).toBe(0)
})

test('one token that is left is given once, however many ask at the same moment', async () => {
  const { limiter } = limiterOf()
  for (let taken = 0; taken < 19; taken++) await limiter.take({ user: 'ann', address: '127.0.0.1' })
  expect(await atOnce(limiter, 50)).toBe(1)
})

test('racy-rate-limit: one token that is left is given to all who ask at the same moment', async () => {
  const { limiter } = limiterOf({ takesAtOnce: false })
  for (let taken = 0; taken < 19; taken++) await limiter.take({ user: 'ann', address: '127.0.0.1' })
  expect(await atOnce(limiter, 50)).toBe(50)
})

test('racy-rate-limit: one after the other, it counts as the sound one does', async () => {
  const { limiter } = limiterOf({ takesAtOnce: false })
  let allowed = 0
  for (let asked = 0; asked < 100; asked++) if ((await limiter.take({ user: 'ann', address: '127.0.0.1' })).allowed) allowed++
  expect(allowed).toBe(20)
})

test('no-rate-limit: nobody is refused, and no header promises a limit', async () => {
  expect(await atOnce(unlimited, 1_000)).toBe(1_000)
  expect(limitHeaders(await unlimited.take({ address: '127.0.0.1' }))).toEqual({})
})

test('over a minute of asking too often, what is let through is the burst and the rate', async () => {
  const { limiter, clock } = limiterOf()
  let allowed = 0
  for (clock.ms = 0; clock.ms < 60_000; clock.ms += 7) allowed += await atOnce(limiter, 1)
  expect(allowed).toBeGreaterThanOrEqual(20 + 599)
  expect(allowed).toBeLessThanOrEqual(20 + 600)
})

test('after any idle time no more than a burst is there', async () => {
  const { limiter, clock } = limiterOf()
  await atOnce(limiter, 20)
  clock.ms += 3_600_000
  expect(await atOnce(limiter, 100)).toBe(20)
})

test('one user does not pay for another', async () => {
  const { limiter } = limiterOf()
  await atOnce(limiter, 100)
  expect(await atOnce(limiter, 5, { user: 'bob', address: '127.0.0.1' })).toBe(5)
})

test('an address is limited whatever its users have left, and what it refuses costs the user nothing', async () => {
  const { limiter, clock } = limiterOf({ address: { ratePerSec: 1, burst: 5 } })
  expect(await atOnce(limiter, 10)).toBe(5)
  clock.ms += 2_000
  const { policy, remaining } = await limiter.take({ user: 'ann', address: '127.0.0.2' })
  expect({ policy, remaining }).toEqual({ policy: 'address', remaining: 4 })
  expect((await limiter.take({ user: 'ann', address: '127.0.0.3', cost: 19 })).allowed).toBe(true)
})

test('who waits as long as the refusal says is admitted, and not before', async () => {
  const { limiter, clock } = limiterOf()
  await atOnce(limiter, 20)
  const { allowed, retryAfterSec } = await limiter.take({ user: 'ann', address: '127.0.0.1' })
  expect({ allowed, retryAfterSec }).toEqual({ allowed: false, retryAfterSec: 0.1 })
  clock.ms += 99
  expect(await atOnce(limiter, 1)).toBe(0)
  clock.ms += 1
  expect(await atOnce(limiter, 1)).toBe(1)
})

test('what costs more than a whole bucket is let through when the bucket is full', async () => {
  const { limiter } = limiterOf()
  expect((await limiter.take({ user: 'ann', address: '127.0.0.1', cost: 500 })).allowed).toBe(true)
  expect(await atOnce(limiter, 1)).toBe(0)
})

test('callers that are idle are forgotten', async () => {
  const { limiter, clock } = limiterOf()
  for (let n = 0; n < 5_000; n++) await limiter.take({ user: `user-${n}`, address: `127.0.${n >> 8}.${n & 255}` })
  expect(limiter.size).toBeGreaterThan(4_000)
  clock.ms += 60_000
  for (let n = 0; n < 5_000; n++, clock.ms += 100) await limiter.take({ user: 'ann', address: '127.0.0.1' })
  expect(limiter.size).toBe(2)
})

test('headers say the policies, what is left and when to come back', async () => {
  const { limiter } = limiterOf({ address: { ratePerSec: 50, burst: 100 } })
  const caller = { user: 'ann', address: '127.0.0.1' }
  expect(limitHeaders(await limiter.take(caller))).toEqual({
    'ratelimit-policy': '"user";q=20;w=2, "address";q=100;w=2',
    ratelimit: '"user";r=19;t=1',
  })
  await atOnce(limiter, 19)
  expect(limitHeaders(await limiter.take(caller))).toMatchObject({ ratelimit: '"user";r=0;t=1', 'retry-after': '1' })
})
