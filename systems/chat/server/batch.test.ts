import { expect, test } from 'vitest'
import { Batch } from './batch.ts'
import { overloaded } from './errors.ts'

test('what comes while a write is under way is written together by the next, in order', async () => {
  const writes: number[][] = []
  const batch = new Batch<number, string>({
    write: async (items) => {
      writes.push([...items])
      if (writes.length === 1) for (const late of [3, 4, 5]) void batch.add(late)
      await new Promise((resolve) => setImmediate(resolve))
      return items.map((item) => `stored ${item}`)
    },
  })
  expect(await Promise.all([batch.add(1), batch.add(2)])).toEqual(['stored 1', 'stored 2'])
  expect(batch.waiting).toBe(3)
  await batch.idle()
  expect(writes).toEqual([
    [1, 2],
    [3, 4, 5],
  ])
  expect(batch.waiting).toBe(0)
})

test('no write is larger than it may be, and beyond a limit the next is refused', async () => {
  const sizes: number[] = []
  const batch = new Batch<number, number>({
    write: (items) => {
      sizes.push(items.length)
      return Promise.resolve(items)
    },
    most: 3,
    mostWaiting: 7,
  })
  const results = Promise.all([1, 2, 3, 4, 5, 6, 7].map((item) => batch.add(item)))
  await expect(batch.add(8)).rejects.toThrow(/waiting for the database/)
  expect(await results).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(sizes).toEqual([3, 3, 1])
})

test('one item that cannot be written does not take the others with it', async () => {
  const write = (items: readonly string[]): Promise<readonly string[]> =>
    items.includes('bad') ? Promise.reject(new Error('no such text')) : Promise.resolve(items)
  const batch = new Batch<string, string>({ write })
  const results = await Promise.allSettled(['a', 'bad', 'b'].map((item) => batch.add(item)))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await batch.add('c')).toBe('c')
})

test('a database that is away refuses all at once', async () => {
  let writes = 0
  const batch = new Batch<number, number>({
    write: () => {
      writes += 1
      return Promise.reject(overloaded('away'))
    },
  })
  const results = await Promise.allSettled([1, 2, 3].map((item) => batch.add(item)))
  expect(results.every(({ status }) => status === 'rejected')).toBe(true)
  expect(writes).toBe(1)
})
