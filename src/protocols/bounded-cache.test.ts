import { expect, test } from 'vitest'
import { BoundedCache } from './bounded-cache.ts'

test('it never holds more than its limit, and keeps what is used', () => {
  const cache = new BoundedCache<number>(100)
  cache.set('hot', -1)
  for (let i = 0; i < 10_000; i++) {
    cache.set(`key ${i}`, i)
    expect(cache.get('hot')).toBe(-1)
    expect(cache.size).toBeLessThanOrEqual(100)
  }
  expect(cache.get('key 1')).toBeUndefined()
  expect(cache.get('key 9999')).toBe(9999)
})
