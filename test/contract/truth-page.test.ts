import { expect, test } from 'vitest'
import { sectionsOf, truthPage, withMeasured } from '../../scripts/truth/page.ts'

const page = [
  { title: 'Leaks (D12)', body: '2026-01-01, seeds 1 to 20.\n\n| a | b |\n|---|---|\n| 1 | 2 |' },
  { title: 'Data (D10)', body: 'old' },
  { title: 'Leaks of real processes (D12)', body: 'half an hour of work' },
]
const order = ['Leaks (D12)', 'Rate limiters (D11)', 'Data (D10)']

test('a page is read as it was written', () => {
  expect(sectionsOf(truthPage(page))).toEqual(page)
})

test('what is not measured is kept, and what is measured takes the place of what stood there', () => {
  const after = withMeasured(page, [{ title: 'Data (D10)', body: 'new' }], order)
  expect(after.map(({ body }) => body)).toEqual([page[0]?.body, 'new', 'half an hour of work'])
})

test('a new section stands where the order has it, and one that nobody knows at the end', () => {
  const limiters = { title: 'Rate limiters (D11)', body: 'new' }
  expect(withMeasured(page, [limiters], order).map(({ title }) => title)).toEqual([...order, 'Leaks of real processes (D12)'])
  expect(withMeasured(page, [limiters], ['Rate limiters (D11)', ...order])[0]).toBe(limiters)
  const chat = { title: 'The chat server', body: 'new' }
  expect(withMeasured(page, [chat], order).at(-1)).toBe(chat)
  expect(withMeasured([], [chat, limiters], order)).toEqual([limiters, chat])
})
