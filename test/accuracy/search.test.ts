import { expect, test } from 'vitest'
import { realError, realSearches, runRealSearch } from '../kit/real-searches.ts'

/** The others, and all of them twice, are in `npm run truth -- --real`: minutes each. */
const brief = ['fails at the start']

// The queues work in virtual time, so what they bear is exact; what is left is the engine,
// the clock and chance.
test.for(realSearches.filter(({ name }) => brief.includes(name)))('$name', { timeout: 600_000 }, async (one, context) => {
  const { truth, tolerance = 0, kind, irregular } = one
  const found = await runRealSearch(one, 1)
  const { capacity } = found
  const told = JSON.stringify({ ...capacity, saturation: [], usl: null, curve: [] })
  // A generator that got no time says so: what it tells is no answer that could contradict a formula.
  if (capacity?.kind === 'generator-limited') context.skip(`the machine is too busy for the generator: ${told}`)
  expect(capacity?.kind, told).toBe(kind)
  expect(capacity?.irregular, told).toEqual(irregular === undefined ? [] : [irregular])
  if (truth === undefined) return
  expect(Math.abs(realError(found, truth)), told).toBeLessThan(tolerance)
  expect(capacity?.costSec).toBeLessThan((capacity?.staircaseSec ?? 0) / 3)
})
