import { expect, test } from 'vitest'
import { realError, realSearches, runRealSearch } from '../kit/real-searches.ts'

// `npm run truth -- --real` runs each of them twice. The queues work in virtual time, so what they bear is exact; what is left is the engine,
// the clock and chance.
test.each(realSearches)('$name', { timeout: 600_000 }, async ({ truth, tolerance = 0, kind, irregular, ...search }) => {
  const found = await runRealSearch({ kind, ...search }, 1)
  const { capacity } = found
  const told = JSON.stringify({ ...capacity, saturation: [], usl: null, curve: [] })
  // A generator that got no time says so, and claims nothing.
  if (capacity?.kind === 'generator-limited') {
    expect(capacity.upper, told).toBeNull()
    console.warn(`Nothing was told: the machine is too busy for the generator. ${told}`)
    return
  }
  expect(capacity?.kind, told).toBe(kind)
  expect(capacity?.irregular, told).toEqual(irregular === undefined ? [] : [irregular])
  if (truth === undefined) return
  expect(Math.abs(realError(found, truth)), told).toBeLessThan(tolerance)
  expect(capacity?.costSec).toBeLessThan((capacity?.staircaseSec ?? 0) / 3)
})
