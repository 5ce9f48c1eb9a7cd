import { setMaxListeners } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ModelProviderOptions } from './model-provider.ts'
import { ModelProvider } from './model-provider.ts'
import { ProviderError } from './provider-error.ts'
import { logNormal, seededRandom } from './random.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const call = { prompt: 'Write about tides', tokens: 800 }

/** Callers that ask again as soon as they are answered, for `seconds` of virtual time. */
async function keepBusy(provider: ModelProvider, { callers, seconds }: { callers: number; seconds: number }): Promise<void> {
  const ending = new AbortController()
  setMaxListeners(0, ending.signal)
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await provider.call(call, ending.signal).catch((error: unknown) => {
        const wait = error instanceof ProviderError ? error.retryAfterMs : 0
        return wait > 0 ? new Promise((resolve) => setTimeout(resolve, wait)) : undefined
      })
    }
  }
  const loops = Array.from({ length: callers }, loop)
  await vi.advanceTimersByTimeAsync(seconds * 1000)
  ending.abort()
  await vi.advanceTimersByTimeAsync(60_000)
  await Promise.all(loops)
}

test('the log-normal time has the mean that was asked for', () => {
  const random = seededRandom(7)
  const draws = Array.from({ length: 50_000 }, () => logNormal(random, { mean: 100, sigma: 0.6 }))
  // Standard error: 100 · √(e^0.36 − 1) / √50,000 = 0.29.
  expect(Math.abs(draws.reduce((sum, ms) => sum + ms) / draws.length - 100)).toBeLessThan(1)
})

test.each<[name: string, options: ModelProviderOptions, perSec: number]>([
  ['calls at once over their mean time', { maxConcurrent: 8, meanMs: 100 }, 80],
  ['that of another size', { maxConcurrent: 20, meanMs: 250 }, 80],
  [
    'tokens a second over tokens a call, where that is less',
    { maxConcurrent: 20, meanMs: 100, tokensPerSec: 40_000, tokenBurst: 800 },
    50,
  ],
])('its capacity is %s', async (_, options, perSec) => {
  const provider = new ModelProvider({ failureRate: 0, tokensPerSec: Infinity, seed: 3, ...options })
  await keepBusy(provider, { callers: options.maxConcurrent!, seconds: 60 })
  // 60 s are about 4,000 calls of σ 0.3: 0.5 %; times are whole milliseconds, which takes up to 0.5 %; the token limit is met with waits.
  expect(provider.figures().completed / 60).toBeGreaterThan(perSec * 0.97)
  expect(provider.figures().completed / 60).toBeLessThan(perSec * 1.03)
})

test('one call in twenty fails after its time', async () => {
  const provider = new ModelProvider({ maxConcurrent: 20, tokensPerSec: Infinity })
  await keepBusy(provider, { callers: 20, seconds: 60 })
  const { failed, completed } = provider.figures()
  expect(failed / (failed + completed)).toBeGreaterThan(0.043)
  expect(failed / (failed + completed)).toBeLessThan(0.057)
})

test('a call beyond its concurrency is refused at once, with the time to wait', async () => {
  const provider = new ModelProvider({ maxConcurrent: 2, meanMs: 100, failureRate: 0 })
  const running = [provider.call(call), provider.call(call)]
  await expect(provider.call(call)).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 100 })
  await vi.advanceTimersByTimeAsync(1000)
  await Promise.all(running)
  expect(provider.figures()).toMatchObject({ calls: 3, completed: 2, refused: 1, inFlight: 0, mostInFlight: 2 })
})

test('tokens beyond the rate are refused until the bucket has filled', async () => {
  const provider = new ModelProvider({ tokensPerSec: 1600, tokenBurst: 800, failureRate: 0, sigma: 0 })
  const first = provider.call(call)
  await expect(provider.call(call)).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 500 })
  await vi.advanceTimersByTimeAsync(500)
  const second = provider.call(call)
  await vi.advanceTimersByTimeAsync(100)
  await expect(Promise.all([first, second])).resolves.toHaveLength(2)
})

test('a call that its caller gives up frees its place', async () => {
  const provider = new ModelProvider({ maxConcurrent: 1 })
  const ending = new AbortController()
  const running = provider.call(call, ending.signal)
  ending.abort(new Error('no longer wanted'))
  await expect(running).rejects.toThrow('no longer wanted')
  expect(provider.figures().inFlight).toBe(0)
})

test('broken down it fails every call until it recovers', async () => {
  const provider = new ModelProvider({ failureRate: 0, sigma: 0 })
  provider.breakDown()
  const failing = provider.call(call).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(100)
  expect(await failing).toMatchObject({ kind: 'unavailable' })
  provider.recover()
  const working = provider.call(call)
  await vi.advanceTimersByTimeAsync(100)
  expect(await working).toContain('tides')
})

test('rationed it grants fewer tokens until it recovers', async () => {
  const provider = new ModelProvider({ failureRate: 0, sigma: 0 })
  provider.breakDown()
  provider.ration(1600)
  const first = [provider.call(call), provider.call(call)]
  await expect(provider.call(call)).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 500 })
  provider.recover()
  const second = provider.call(call)
  await vi.advanceTimersByTimeAsync(100)
  await expect(Promise.all([...first, second])).resolves.toHaveLength(3)
})
