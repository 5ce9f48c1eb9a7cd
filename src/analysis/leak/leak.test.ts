import { expect, test } from 'vitest'
import { simulateHeap } from '../../../test/kit/simulated-leaks.ts'
import { detectLeak, judgeAfterLoad } from './leak.ts'
import type { ResourceReading } from './leak.ts'

const seeds = Array.from({ length: 20 }, (_, i) => i + 1)
const kinds = (truth: Parameters<typeof simulateHeap>[0]) => seeds.map((seed) => detectLeak(simulateHeap(truth, seed)).kind)
const cache = (tauSec: number) => ({ bytesPerRequest: 0, cache: { bytes: 100e6, tauSec } })

test.each([64, 1024])('sees a leak of %d bytes a request through the collections and measures it', (bytesPerRequest) => {
  expect(kinds({ bytesPerRequest }).filter((kind) => kind !== 'leak')).toEqual([])
  const { perRequest, interval } = detectLeak(simulateHeap({ bytesPerRequest }, 1))
  // The lows of the sawtooth differ by 0.4 MB over 160,000 requests: some bytes a request either way.
  expect(Math.abs((perRequest ?? 0) - bytesPerRequest)).toBeLessThan(8)
  expect(interval?.[0]).toBeLessThan(bytesPerRequest)
  expect(interval?.[1]).toBeGreaterThan(bytesPerRequest)
})

test('a flat heap and a cache that warms up quickly are no leaks', () => {
  expect(kinds({ bytesPerRequest: 0 }).filter((kind) => kind !== 'none')).toEqual([])
  expect(kinds(cache(200)).filter((kind) => kind !== 'none')).toEqual([])
})

test('a cache that is still warming up at the end is mostly told from a leak', () => {
  expect(kinds(cache(500)).filter((kind) => kind === 'leak').length).toBeLessThanOrEqual(1)
})

test('counts descriptors as well as bytes and says when they run out', () => {
  const readings: ResourceReading[] = Array.from({ length: 600 }, (_, tSec) => ({
    tSec,
    requests: 10 * tSec,
    value: 30 + Math.floor(tSec / 10),
  }))
  const verdict = detectLeak(readings, { floorPerRequest: 0.001, limit: 1024, lows: 'minima' })
  expect(verdict.kind).toBe('leak')
  expect(verdict.perRequest).toBeCloseTo(0.01, 3)
  // One descriptor in ten seconds; about 935 are left.
  expect(verdict.secondsToLimit).toBeGreaterThan(9000)
  expect(verdict.secondsToLimit).toBeLessThan(9700)
})

test('a minute of readings says nothing', () => {
  expect(detectLeak(simulateHeap({ bytesPerRequest: 1024 }, 1).slice(0, 60)).kind).toBe('unknown')
})

test('what stays above the baseline after the load is retained', () => {
  expect(judgeAfterLoad({ baseline: 100, floor: 104 })).toBe('released')
  expect(judgeAfterLoad({ baseline: 100, floor: 110 })).toBe('retained')
})
