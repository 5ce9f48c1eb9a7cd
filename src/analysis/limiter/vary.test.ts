import { expect, test } from 'vitest'
import { limiterVariants } from './moves.ts'
import { unchangedPart, variedRequests } from './vary.ts'

/** How often each was sent, by a limiter that refuses what it is told to. */
function sent(isRefused: (part: string, index: number) => boolean): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const variants = limiterVariants.slice(0, 1)
  const requests = variedRequests({ kind: 'vary', stage: 'bypass', key: 0, variants, rounds: 8, others: [], most: 10 })
  let next = requests.next()
  for (let index = 0; next.done !== true; index++) {
    const { part } = next.value
    counts.set(part, (counts.get(part) ?? 0) + 1)
    next = requests.next(isRefused(part, index))
  }
  return counts
}

const [change] = limiterVariants
const unchanged = `${unchangedPart}${change}`

test('a change that is refused is made a few times, and compared with nothing', () => {
  const counts = sent(() => true)
  expect(counts.get(change)).toBe(4)
  expect(counts.has(unchanged)).toBe(false)
})

test('a change that is served is made again and again, and as often nothing is changed in its place', () => {
  const counts = sent((part) => part !== change)
  expect(counts.get(change)).toBe(20)
  expect(counts.get(unchanged)).toBe(20)
})

test('where a token is there for every other request, no change is between two refusals', () => {
  const counts = sent((_, index) => index % 2 === 0)
  expect(counts.get(change)).toBeGreaterThan(4)
  expect(counts.has(unchanged)).toBe(true)
})

test('a limiter that refuses nothing is asked a bounded number of times', () => {
  const counts = sent(() => false)
  expect([...counts.values()].reduce((a, b) => a + b)).toBe(24 * 12)
})
