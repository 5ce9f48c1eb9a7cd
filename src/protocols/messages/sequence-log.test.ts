import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SequenceLog } from './sequence-log.ts'

function take(numbers: readonly number[]): { log: SequenceLog; how: string[] } {
  const log = new SequenceLog()
  return { log, how: numbers.map((number) => log.take(number)) }
}

test('in order, nothing is missing', () => {
  const { log, how } = take([5, 6, 7])
  expect(how).toEqual(['next', 'next', 'next'])
  expect(log.missing).toBe(0)
})

test('a gap is missing until it is filled, out of order', () => {
  const { log, how } = take([1, 4])
  expect(log.missing).toBe(2)
  expect([...how, log.take(3)]).toEqual(['next', 'next', 'unordered'])
  expect(log.missing).toBe(1)
  expect(log.settle()).toBe(1)
  expect(log.missing).toBe(0)
})

test('the same number twice is doubled, also one that filled a gap', () => {
  expect(take([1, 1, 3, 2, 2, 3]).how).toEqual(['next', 'doubled', 'next', 'unordered', 'doubled', 'doubled'])
})

test('what was sent before the first that came was not for us', () => {
  const { log, how } = take([10, 3])
  expect(how).toEqual(['next', 'unordered'])
  expect(log.missing).toBe(0)
})

test('a gap of millions is counted without being kept', () => {
  expect(take([1, 5_000_002]).log.missing).toBe(5_000_000)
})

test('any order of all numbers that begins with the first leaves nothing missing, and any that are left out are', () => {
  const cases = fc.integer({ min: 2, max: 40 }).chain((count) =>
    fc.record({
      order: fc.shuffledSubarray(
        Array.from({ length: count - 1 }, (_, i) => i + 2),
        { minLength: 1 },
      ),
    }),
  )
  fc.assert(
    fc.property(cases, ({ order }) => {
      const { log, how } = take([1, ...order])
      const last = Math.max(...order)
      expect(log.missing).toBe(last - 1 - order.length)
      expect(how).not.toContain('doubled')
    }),
    { seed: 7 },
  )
})
