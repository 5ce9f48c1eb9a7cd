import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { defects, parseDefects } from './defects.ts'
import type { FlowErrorCode } from './flow-error.ts'
import { FlowError } from './flow-error.ts'
import { stages, tokensPerDraft } from './stages.ts'
import type { Text, WritingFlow, WritingFlowOptions } from './writing-flow.ts'
import { createWritingFlow } from './writing-flow.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const small = { draftBytes: 1000 }
type Outcome = Text | FlowErrorCode

/** Asks for `count` texts at once and lets virtual time run. */
function ask(flow: WritingFlow, count: number): Promise<Outcome>[] {
  return Array.from({ length: count }, (_, index) =>
    flow.write(`topic ${index}`).catch((error: unknown) => {
      if (error instanceof FlowError) return error.code
      throw error
    }),
  )
}

async function settle(outcomes: readonly Promise<Outcome>[], seconds = 300): Promise<Outcome[]> {
  await vi.advanceTimersByTimeAsync(seconds * 1000)
  return await Promise.all(outcomes)
}

/** Users who ask for one text after the other; returns how many they got. */
async function keepWriting(flow: WritingFlow, { users, seconds }: { users: number; seconds: number }): Promise<void> {
  const endMs = performance.now() + seconds * 1000
  const user = async (): Promise<void> => {
    // The pause after a refusal keeps a refused user from asking endlessly within one instant.
    while (performance.now() < endMs) await flow.write('tides').catch(() => new Promise((resolve) => setTimeout(resolve, 50)))
  }
  const all = Array.from({ length: users }, user)
  await vi.advanceTimersByTimeAsync(seconds * 1000)
  void Promise.all(all)
}

test('a text goes through all stages, one call each', async () => {
  const flow = createWritingFlow({ ...small, provider: { failureRate: 0 } })
  const [text] = await settle(ask(flow, 1), 5)
  expect(text).toMatchObject({ topic: 'topic 0', text: expect.stringContaining('topic 0') as string })
  expect(flow.figures()).toMatchObject({ written: 1, failed: 0, running: 0, retries: 0 })
  expect(flow.figures().provider.calls).toBe(stages.length)
})

test('failures of the model are hidden by retries', async () => {
  const flow = createWritingFlow(small)
  const outcomes = await settle(ask(flow, 60))
  expect(outcomes.filter((outcome) => typeof outcome === 'string')).toEqual([])
  expect(flow.figures().retries).toBe(flow.figures().provider.failed)
  expect(flow.figures().retries).toBeGreaterThan(0)
})

describe('its capacity is known', () => {
  const rates: readonly [name: string, options: WritingFlowOptions, perSec: number][] = [
    ['places / (stages · mean)', { maxRunning: 10, provider: { failureRate: 0, maxConcurrent: 10 } }, 10 / (stages.length * 0.1)],
    [
      'that of another model',
      { maxRunning: 12, provider: { failureRate: 0, maxConcurrent: 12, meanMs: 200 } },
      12 / (stages.length * 0.2),
    ],
    [
      'with failures: each call takes mean / (1 − p), and a back-off for each retry',
      { maxRunning: 10, backoff: { baseMs: 2 }, provider: { failureRate: 0.05, maxConcurrent: 10 } },
      10 / (stages.length * (0.1 / 0.95 + 0.001 * 0.053)),
    ],
  ]
  test.each(rates)('%s', async (_, options, perSec) => {
    const flow = createWritingFlow({ ...small, provider: {}, ...options })
    await keepWriting(flow, { users: 30, seconds: 120 })
    // 2,400 texts of 5 calls (σ 0.3 or a few retries): standard error under 0.5 %; whole milliseconds take up to 0.5 %.
    expect(flow.figures().written / 120).toBeGreaterThan(perSec * 0.97)
    expect(flow.figures().written / 120).toBeLessThan(perSec * 1.03)
  })

  test('the token rate / tokens a text, where that is less; patience gets every text through', async () => {
    const tokensPerSec = 10 * tokensPerDraft
    const flow = createWritingFlow({ ...small, provider: { failureRate: 0, tokensPerSec } })
    await keepWriting(flow, { users: 10, seconds: 120 })
    const { written, failed, provider } = flow.figures()
    expect(provider.refused).toBeGreaterThan(0)
    // 10 a second, and what the full bucket held at first; back-offs leave some of it unused.
    expect(written / 120).toBeLessThanOrEqual(10 * 1.02)
    expect(written / 120).toBeGreaterThan(8.5)
    expect(failed / (written + failed)).toBeLessThan(0.3)
  })
})

test('what does not fit into the queue is turned away at once, and holds no memory', async () => {
  const flow = createWritingFlow({ ...small, maxRunning: 2, maxQueued: 3 })
  const outcomes = ask(flow, 10)
  expect(flow.figures()).toMatchObject({ running: 2, queued: 3, shed: 5, drafts: 5, draftBytes: 5000 })
  // Without a millisecond passing.
  expect(await Promise.all(outcomes.slice(5))).toEqual(Array.from({ length: 5 }, () => 'queue-full'))
  expect((await settle(outcomes)).filter((outcome) => outcome === 'queue-full')).toHaveLength(5)
  expect(flow.figures()).toMatchObject({ running: 0, queued: 0, written: 5 })
})

test('texts are written in the order in which they were asked for', async () => {
  const flow = createWritingFlow({ ...small, maxRunning: 1, provider: { failureRate: 0 } })
  const order: string[] = []
  const all = ['a', 'b', 'c'].map((topic) => flow.write(topic).then((text) => order.push(text.topic)))
  await vi.advanceTimersByTimeAsync(10_000)
  await Promise.all(all)
  expect(order).toEqual(['a', 'b', 'c'])
})

test('memory is given back, whether a text was written, failed or given up', async () => {
  const flow = createWritingFlow({ ...small, retries: 0, provider: { failureRate: 0.1 } })
  const ending = new AbortController()
  const givenUp = flow.write('tides', { signal: ending.signal }).catch((error: unknown) => error)
  const others = ask(flow, 30)
  expect(flow.figures().draftBytes).toBe(31_000)
  ending.abort(new Error('no longer wanted'))
  expect(await givenUp).toMatchObject({ message: 'no longer wanted' })
  await settle(others)
  const { written, failed, draftBytes, drafts } = flow.figures()
  expect(written).toBeGreaterThan(0)
  expect(failed).toBeGreaterThan(1)
  expect({ draftBytes, drafts }).toEqual({ draftBytes: 0, drafts: 0 })
})

test('a draft is on disk before its text is given out, and taken away again', async () => {
  vi.useRealTimers()
  const folder = mkdtempSync(join(tmpdir(), 'drafts-'))
  try {
    const flow = createWritingFlow({ ...small, saveTo: join(folder, 'drafts'), provider: { failureRate: 0, meanMs: 1 } })
    await expect(flow.write('tides')).resolves.toMatchObject({ topic: 'tides' })
    expect(readdirSync(join(folder, 'drafts'))).toEqual([])
    writeFileSync(join(folder, 'file'), '')
    const broken = createWritingFlow({ ...small, saveTo: join(folder, 'file'), provider: { failureRate: 0, meanMs: 1 } })
    await expect(broken.write('tides')).rejects.toMatchObject({ code: 'not-saved' })
    expect(broken.figures()).toMatchObject({ failed: 1, running: 0, drafts: 0 })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('who gives up while waiting leaves the queue', async () => {
  const flow = createWritingFlow({ ...small, maxRunning: 1 })
  const running = ask(flow, 1)
  const ending = new AbortController()
  const waiting = flow.write('tides', { signal: ending.signal }).catch((error: unknown) => error)
  expect(flow.figures().queued).toBe(1)
  ending.abort()
  expect(await waiting).toMatchObject({ name: 'AbortError' })
  expect(flow.figures()).toMatchObject({ queued: 0, running: 1 })
  await settle(running)
})

test('closing ends what runs and waits, and takes nothing more', async () => {
  const flow = createWritingFlow({ ...small, maxRunning: 1 })
  const outcomes = ask(flow, 3)
  flow.close()
  expect(await Promise.all(outcomes)).toEqual(['closed', 'closed', 'closed'])
  await expect(flow.write('tides')).rejects.toMatchObject({ code: 'closed' })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(flow.figures()).toMatchObject({ running: 0, queued: 0, draftBytes: 0 })
})

describe('each planted defect is one, and the correct flow has none of it', () => {
  test('unbounded-queue', async () => {
    const outcomesOf = (options: WritingFlowOptions) => {
      const flow = createWritingFlow({ ...small, ...options })
      const outcomes = ask(flow, 1000)
      return { flow, outcomes }
    }
    const sound = outcomesOf({})
    expect(sound.flow.figures()).toMatchObject({ queued: 40, shed: 940, draftBytes: 60_000 })
    const broken = outcomesOf({ defects: ['unbounded-queue'] })
    expect(broken.flow.figures()).toMatchObject({ queued: 980, shed: 0, draftBytes: 1_000_000 })
    await settle([...sound.outcomes, ...broken.outcomes])
  })

  test('retry-storm: refused calls come back many times at once, and texts are lost for it', async () => {
    const stormOf = async (options: WritingFlowOptions) => {
      const provider = { failureRate: 0, tokensPerSec: 10 * tokensPerDraft }
      const flow = createWritingFlow({ ...small, provider, ...options })
      await keepWriting(flow, { users: 10, seconds: 20 })
      const { provider: calls, written, failed } = flow.figures()
      return { refusedPerCall: calls.refused / calls.completed, lost: failed / (written + failed) }
    }
    const sound = await stormOf({})
    const broken = await stormOf({ defects: ['retry-storm'] })
    expect(sound.refusedPerCall).toBeLessThan(2)
    expect(broken.refusedPerCall).toBeGreaterThan(5)
    expect(broken.lost).toBeGreaterThan(sound.lost + 0.2)
  })

  test('leak: the memory of finished texts stays', async () => {
    for (const [names, bytes] of [
      [[], 0],
      [['leak'], 60_000],
    ] as const) {
      const flow = createWritingFlow({ ...small, defects: names })
      await settle(ask(flow, 60))
      expect(flow.figures().draftBytes).toBe(bytes)
      flow.close()
      expect(flow.figures().draftBytes).toBe(0)
    }
  })

  test('no-breaker: a provider that is down is asked again and again', async () => {
    const callsWhileDown = async (options: WritingFlowOptions) => {
      const flow = createWritingFlow({ ...small, ...options })
      await keepWriting(flow, { users: 20, seconds: 10 })
      flow.provider.breakDown()
      // The breaker may need its 20 calls first.
      await keepWriting(flow, { users: 20, seconds: 5 })
      const before = flow.figures().provider.calls
      await keepWriting(flow, { users: 20, seconds: 30 })
      const { breaker, provider } = flow.figures()
      return { breaker, calls: provider.calls - before }
    }
    const sound = await callsWhileDown({})
    const broken = await callsWhileDown({ defects: ['no-breaker'] })
    expect(sound.breaker).not.toBe('closed')
    // One attempt a second, and what still ran.
    expect(sound.calls).toBeLessThan(60)
    expect(broken.breaker).toBe('absent')
    expect(broken.calls).toBeGreaterThan(600)
  })
})

test('defects are chosen by name, and a wrong name is told with the right ones', () => {
  expect(parseDefects('')).toEqual([])
  expect(parseDefects('leak, no-breaker')).toEqual(['leak', 'no-breaker'])
  expect(() => parseDefects('leek')).toThrow(Object.keys(defects).join(', '))
})
