import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ModelProvider, seededRandom } from '../model-provider/index.ts'
import type { BreakerOptions } from './patient-calls.ts'
import { PatientCalls, backoffMs } from './patient-calls.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const call = { prompt: 'Write about tides', tokens: 800 }
const breaker: BreakerOptions = { threshold: 0.5, size: 10, halfOpenAfterMs: 1000 }

function callsOf(provider: ModelProvider, { retries = 0, withBreaker = true } = {}): PatientCalls {
  const random = seededRandom(5)
  return new PatientCalls(provider, {
    retries,
    backoff: { baseMs: 200, maxMs: 3000 },
    breaker: withBreaker ? breaker : undefined,
    random,
  })
}

/** Asks, and lets virtual time run until there is an answer or an error. */
async function settled(calls: PatientCalls, ms = 60_000): Promise<unknown> {
  const answer = calls.ask(call, new AbortController().signal).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(ms)
  return answer
}

test('a back-off is between nothing and its doubling limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer(), (attempt, seed) => {
      const wait = backoffMs(attempt, { baseMs: 200, maxMs: 3000 }, seededRandom(seed))
      return wait >= 0 && wait < Math.min(3000, 200 * 2 ** (attempt - 1))
    }),
    { seed: 1 },
  )
})

test('it is spread over all of that range', () => {
  const random = seededRandom(11)
  const waits = Array.from({ length: 10_000 }, () => backoffMs(3, { baseMs: 200, maxMs: 3000 }, random))
  // Uniform in [0, 800): standard error of the mean 2.3.
  expect(Math.abs(waits.reduce((sum, ms) => sum + ms) / waits.length - 400)).toBeLessThan(10)
  expect(Math.min(...waits)).toBeLessThan(10)
  expect(Math.max(...waits)).toBeGreaterThan(790)
})

test('a failed call is repeated as often as allowed, and then its error is told', async () => {
  const provider = new ModelProvider({ failureRate: 1 })
  const calls = callsOf(provider, { retries: 3 })
  expect(await settled(calls)).toMatchObject({ code: 'unavailable' })
  expect(provider.figures().calls).toBe(4)
  expect(calls.retries).toBe(3)
})

test('a refused call waits at least as long as the provider asks', async () => {
  const provider = new ModelProvider({ tokensPerSec: 400, tokenBurst: 800, failureRate: 0, sigma: 0 })
  const calls = callsOf(provider, { retries: 1 })
  await settled(calls, 100)
  const second = calls.ask(call, new AbortController().signal)
  // 800 tokens at 400 a second, 0.1 s of which are over.
  await vi.advanceTimersByTimeAsync(1899)
  expect(provider.figures()).toMatchObject({ calls: 2, refused: 1 })
  await vi.advanceTimersByTimeAsync(400)
  expect(await second).toContain('tides')
})

test('the breaker opens, refuses without asking, tries once after its time, and closes on success', async () => {
  const provider = new ModelProvider({ failureRate: 0, sigma: 0 })
  const calls = callsOf(provider)
  expect(calls.breakerState).toBe('closed')
  provider.breakDown()
  for (let failure = 0; failure < breaker.size; failure++) await settled(calls, 100)
  expect(calls.breakerState).toBe('open')

  const asked = provider.figures().calls
  expect(await settled(calls, 0)).toMatchObject({ code: 'circuit-open' })
  expect(provider.figures().calls).toBe(asked)

  await vi.advanceTimersByTimeAsync(breaker.halfOpenAfterMs)
  const attempt = calls.ask(call, new AbortController().signal).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(0)
  expect(calls.breakerState).toBe('half-open')
  await vi.advanceTimersByTimeAsync(100)
  expect(await attempt).toMatchObject({ code: 'unavailable' })
  expect(calls.breakerState).toBe('open')

  provider.recover()
  await vi.advanceTimersByTimeAsync(breaker.halfOpenAfterMs)
  expect(await settled(calls, 100)).toContain('tides')
  expect(calls.breakerState).toBe('closed')
})

test('refusals do not open it: a provider that refuses is well', async () => {
  const provider = new ModelProvider({ maxConcurrent: 0 })
  const calls = callsOf(provider)
  for (let refusal = 0; refusal < 3 * breaker.size; refusal++) await settled(calls, 0)
  expect(calls.breakerState).toBe('closed')
})

test('an open circuit ends the retries of a call at once', async () => {
  const provider = new ModelProvider({ failureRate: 1, sigma: 0 })
  const calls = callsOf(provider, { retries: 100 })
  expect(await settled(calls, 10 * 60_000)).toMatchObject({ code: 'circuit-open' })
  expect(provider.figures().calls).toBe(breaker.size)
})
