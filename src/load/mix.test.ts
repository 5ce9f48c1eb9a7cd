import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignUsers, createArrivalPicker, largestRemainder } from './mix.ts'

const mix = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  fc.oneof(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0.01, max: 10, noNaN: true })),
  { minKeys: 1 },
)
const count = (names: readonly string[], name: string): number => names.filter((other) => other === name).length

test('a hundred users in shares of 20 and 80 are exactly 20 and 80', () => {
  const names = assignUsers({ buy: 20, browse: 80 }, 100)
  expect([count(names, 'buy'), count(names, 'browse')]).toEqual([20, 80])
})

test('the shares are interleaved: every five users have one buyer', () => {
  const names = assignUsers({ buy: 20, browse: 80 }, 100)
  for (let i = 0; i < 100; i += 5) expect(count(names.slice(i, i + 5), 'buy')).toBe(1)
})

test('any mix of any number of users follows the largest remainders', () => {
  fc.assert(
    fc.property(mix, fc.integer({ min: 0, max: 400 }), (weights, total) => {
      const names = assignUsers(weights, total)
      const seats = largestRemainder(weights, total)
      expect(names).toHaveLength(total)
      for (const [name, seat] of Object.entries(seats)) expect(count(names, name)).toBe(seat)
      const sum = Object.values(weights).reduce((a, b) => a + b, 0)
      for (const [name, weight] of Object.entries(weights))
        expect(Math.abs((seats[name] ?? 0) - (total * weight) / sum)).toBeLessThan(1)
    }),
    { seed: 9 },
  )
})

test('arrivals are drawn by seed and index alone, in the shares of the mix', () => {
  const pick = createArrivalPicker({ buy: 20, browse: 80 }, 42)
  const again = createArrivalPicker({ buy: 20, browse: 80 }, 42)
  const names = Array.from({ length: 20_000 }, (_, index) => pick(index))
  expect(again(19_999)).toBe(names[19_999])
  // Binomial with p = 0.2: standard deviation 57; four of them.
  expect(Math.abs(count(names, 'buy') - 4000)).toBeLessThan(4 * 57)
  const other = createArrivalPicker({ buy: 20, browse: 80 }, 43)
  expect(names.some((name, index) => name !== other(index))).toBe(true)
})

test('neighbouring draws do not follow each other', () => {
  const pick = createArrivalPicker({ a: 1, b: 1 }, 5)
  let same = 0
  for (let index = 0; index < 10_000; index++) if (pick(index) === pick(index + 1)) same++
  // Fair coin: 5,000 ± 4 · 50
  expect(Math.abs(same - 5000)).toBeLessThan(200)
})
