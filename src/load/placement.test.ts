import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeUsers } from './placement.ts'

const mix = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 100 }), { minKeys: 1 })

test('every worker has its share of all users and of each scenario', () => {
  fc.assert(
    fc.property(mix, fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 8 }), (weights, users, workers) => {
      const placed = placeUsers(weights, users, workers)
      for (const name of [undefined, ...Object.keys(weights)]) {
        const some = placed.filter((place) => name === undefined || place.scenario === name)
        const counts = Array.from({ length: workers }, (_, worker) => some.filter((place) => place.worker === worker).length)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }
    }),
    { seed: 10 },
  )
})

test('buyers at every fifth place do not all land on one of five workers', () => {
  const buyers = placeUsers({ buy: 20, browse: 80 }, 100, 5).filter((place) => place.scenario === 'buy')
  expect(new Set(buyers.map((place) => place.worker)).size).toBe(5)
})
