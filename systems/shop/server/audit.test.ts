import { expect, test } from 'vitest'
import { judgeBooks } from './audit.ts'
import { seeded } from './schema.ts'

const books = {
  moneyCents: seeded.customers * seeded.customerCents,
  tillCents: 500,
  orderedCents: 500,
  stock: seeded.products * seeded.stock - 3,
  sold: 3,
  orders: 2,
}

test('books that add up hold', () => {
  expect(judgeBooks(books)).toEqual({ holds: true, problems: [], books })
})

test.each([
  ['money', { moneyCents: books.moneyCents - 1 }],
  ['tills', { tillCents: 499 }],
  ['stock', { stock: books.stock + 1 }],
])('%s that does not add up is named', (name, change) => {
  const { holds, problems } = judgeBooks({ ...books, ...change })
  expect(holds).toBe(false)
  expect(problems).toEqual([expect.stringContaining(`${name}:`)])
})
