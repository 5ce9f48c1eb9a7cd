import { expect, test } from 'vitest'
import { Cache } from './cache.ts'

function countingCache(isOn: boolean) {
  const loads: string[] = []
  const cache = new Cache({ isOn, max: 2, ttlMs: 60_000, load: (key) => Promise.resolve({ key, load: loads.push(key) }) })
  return { cache, loads }
}

test('the second read of a key is a hit', async () => {
  const { cache, loads } = countingCache(true)
  expect((await cache.get('a')).outcome).toBe('miss')
  expect((await cache.get('a')).outcome).toBe('hit')
  expect(loads).toEqual(['a'])
  expect(cache.figures).toEqual({ hits: 1, misses: 1 })
})

test('callers that miss together share one load', async () => {
  const { cache, loads } = countingCache(true)
  await Promise.all([cache.get('a'), cache.get('a'), cache.get('a')])
  expect(loads).toEqual(['a'])
})

test('the least recently used entry makes room', async () => {
  const { cache, loads } = countingCache(true)
  for (const key of ['a', 'b', 'c', 'a']) await cache.get(key)
  expect(loads).toEqual(['a', 'b', 'c', 'a'])
})

test('a failed load is not kept', async () => {
  let isBroken = true
  const cache = new Cache({
    isOn: true,
    max: 2,
    ttlMs: 60_000,
    load: () => (isBroken ? Promise.reject(new Error('down')) : Promise.resolve({})),
  })
  await expect(cache.get('a')).rejects.toThrow('down')
  isBroken = false
  expect((await cache.get('a')).outcome).toBe('miss')
})

test('switched off, every read is a load of its own', async () => {
  const { cache, loads } = countingCache(false)
  await Promise.all([cache.get('a'), cache.get('a')])
  await cache.get('a')
  expect(loads).toHaveLength(3)
  expect(cache.figures).toEqual({ hits: 0, misses: 3 })
})
