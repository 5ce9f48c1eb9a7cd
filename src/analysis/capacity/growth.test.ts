import { expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { classifyLoad } from './bounds.ts'
import { certainAlready } from './certain.ts'
import { growthTest } from './growth.ts'
import type { Observation } from './trial.ts'

const noisy = (value: (t: number) => number) => {
  const random = seededRandom(5)
  return Array.from({ length: 60 }, (_, t) => ({ t, value: value(t) * (0.9 + 0.2 * random.next()) }))
}
const trial = (durationSec: number, passes: boolean, more: Partial<Observation> = {}): Observation => ({
  ...{
    load: 100,
    durationSec,
    ranSec: durationSec,
    purpose: 'bisect',
    completedPerSec: 100,
    good: 900,
    notGood: passes ? 0 : 100,
  },
  ...more,
})
const goal = { allowedShare: 0.01, durationSumSec: 60, isFull: ({ durationSec }: Observation) => durationSec >= 60 }

test('a queue that grows by its overload is growing', () => {
  const growth = growthTest(noisy((t) => 0.01 + 0.02 * t))
  expect(growth).toMatchObject({ growing: true, windows: 20 })
  expect(growth?.perSec).toBeCloseTo(0.02, 2)
})

test('neither a steady latency, nor a queue that fills up and stays, nor a tiny slope is growth', () => {
  expect(growthTest(noisy(() => 0.05))?.growing).toBe(false)
  expect(growthTest(noisy((t) => 0.05 * (1 - Math.exp(-(t + 1) / 5))))?.growing).toBe(false)
  expect(growthTest(Array.from({ length: 60 }, (_, t) => ({ t, value: 1 + t * 0.001 })))?.growing).toBe(false)
})

test('five windows say nothing about growth', () => {
  expect(growthTest(noisy((t) => t).slice(0, 5))).toBeNull()
})

test('a load is a bound only when nothing that is still unmeasured could change it', () => {
  expect(classifyLoad([trial(60, true)], goal)).toBe('lower')
  expect(classifyLoad([trial(60, false)], goal)).toBe('upper')
  expect(classifyLoad([trial(10, true)], goal)).toBe('undecided')
  expect(classifyLoad([trial(10, false)], goal)).toBe('undecided')
  expect(classifyLoad([trial(40, false)], goal)).toBe('upper')
  expect(classifyLoad([trial(40, false), trial(20, true)], goal)).toBe('undecided')
  expect(classifyLoad([trial(60, true), trial(60, false)], goal)).toBe('lower')
  expect(classifyLoad([trial(60, false, { generatorLimited: true })], goal)).toBe('undecided')
  expect(classifyLoad([trial(60, true, { growth: { growing: true, perSec: 1, low: 1, projected: 1, windows: 20 } })], goal)).toBe(
    'upper',
  )
})

test('a trial is certain to fail once more is bad than all of it may be', () => {
  const running = { load: 100, durationSec: 100, allowedShare: 0.01 }
  expect(certainAlready({ ...running, notGood: 100 })).toBeNull()
  expect(certainAlready({ ...running, notGood: 104 })).toBe('fails')
})
