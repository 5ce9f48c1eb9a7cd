import { expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { md1MeanWait, mm1MeanResponse } from '../queueing/index.ts'
import { kneeByPower } from './knee.ts'

const loads = (mu: number, at: readonly number[]) => {
  const random = seededRandom(9)
  return at.map((load) => ({
    load,
    goodput: Array.from({ length: 30 }, () => load * (0.98 + 0.04 * random.next())),
    latencySec: Array.from({ length: 30 }, () => mm1MeanResponse({ lambda: load, mu }) * (0.98 + 0.04 * random.next())),
  }))
}
const tens = [10, 20, 30, 40, 50, 60, 70, 80, 90]

test('the power of M/M/1 is greatest at half its rate', () => {
  const knee = kneeByPower(loads(100, tens), { random: seededRandom(1), resamples: 200 })
  expect(knee).toMatchObject({ kind: 'knee', load: 50 })
  if (knee.kind !== 'knee') return
  expect(knee.interval[0]).toBeLessThanOrEqual(50)
  expect(knee.interval[1]).toBeGreaterThanOrEqual(50)
})

test('no knee is named from five loads or when it lies outside of them', () => {
  expect(kneeByPower(loads(100, tens.slice(0, 5)), { random: seededRandom(1) }).kind).toBe('unknown')
  expect(kneeByPower(loads(1000, tens), { random: seededRandom(1) }).kind).toBe('unknown')
})

test('the power of M/D/1 is greatest at (2 − √2) of its rate', () => {
  const mu = 100
  const at = [30, 40, 50, 58.58, 67, 76, 85]
  const knee = kneeByPower(
    at.map((load) => ({
      load,
      goodput: Array.from({ length: 30 }, () => load),
      latencySec: Array.from({ length: 30 }, () => 1 / mu + md1MeanWait({ lambda: load, serviceSec: 1 / mu })),
    })),
    { random: seededRandom(1), resamples: 50 },
  )
  expect(knee).toMatchObject({ kind: 'knee', load: 58.58 })
})
