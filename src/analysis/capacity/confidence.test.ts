import { expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { surelyAbove, surelyBelow } from './confidence.ts'

test('none of 298 is 95 % sure to be less than one in a hundred, as the rule of three says', () => {
  expect(surelyBelow({ bad: 0, of: 298 }, 0.01)).toBeCloseTo(0.95, 3)
})

test('just as many as allowed decide nothing', () => {
  expect(surelyBelow({ bad: 10, of: 1000 }, 0.01)).toBeLessThan(0.5)
  expect(surelyAbove({ bad: 10, of: 1000 }, 0.01)).toBeLessThan(0.5)
})

test('the more are seen the surer it is, on either side', () => {
  expect(surelyBelow({ bad: 2, of: 800 }, 0.01)).toBeCloseTo(0.987, 2)
  expect(surelyAbove({ bad: 40, of: 1336 }, 0.01)).toBeGreaterThan(0.999)
  expect(surelyBelow({ bad: 20, of: 8000 }, 0.01)).toBeGreaterThan(0.999)
})

test('nothing was seen: nothing is sure', () => {
  expect(surelyBelow({ bad: 0, of: 0 }, 0.01)).toBe(0)
  expect(surelyAbove({ bad: 0, of: 0 }, 0.01)).toBe(0)
})

test('95 % sure is wrong of a system at its limit no more than once in twenty', () => {
  const random = seededRandom(19)
  const tries = 2000
  const drawn = Array.from(
    { length: tries },
    () => Array.from({ length: 300 }, () => random.next() < 0.05).filter(Boolean).length,
  )
  const below = drawn.filter((bad) => surelyBelow({ bad, of: 300 }, 0.05) >= 0.95).length
  const above = drawn.filter((bad) => surelyAbove({ bad, of: 300 }, 0.05) >= 0.95).length
  // Three standard errors of a share of 0.05 in so many tries.
  const most = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / tries)
  expect(below / tries).toBeLessThan(most)
  expect(above / tries).toBeLessThan(most)
})
