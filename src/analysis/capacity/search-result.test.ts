import { expect, test } from 'vitest'
import { headroom } from './search-result.ts'

test('headroom is the share of the capacity that the peak leaves, and negative when it leaves none', () => {
  expect(headroom(300, 400)).toBeCloseTo(0.25, 12)
  expect(headroom(400, 400)).toBe(0)
  expect(headroom(500, 400)).toBeCloseTo(-0.25, 12)
})
