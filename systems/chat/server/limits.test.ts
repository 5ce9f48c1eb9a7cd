import { expect, test } from 'vitest'
import { Fields, limits } from './limits.ts'

const strict = (values: Readonly<Record<string, unknown>>): Fields => new Fields(values, true)

test('a text is taken as it is, up to its limit', () => {
  const text = '  stamps \u{1F600} and numbers 17 come through unchanged\t'
  expect(strict({ text }).text('text')).toBe(text)
  expect(strict({ text: 'x'.repeat(limits.text) }).text('text')).toHaveLength(limits.text)
  expect(() => strict({ text: 'x'.repeat(limits.text + 1) }).text('text')).toThrow(/1 to 4000/)
  expect(() => strict({ text: '' }).text('text')).toThrow(/1 to 4000/)
})

test.each([[undefined], [null], [7], [{}], [['x']]])('%j is no text', (text) => {
  expect(() => strict({ text }).text('text')).toThrow('Expected "text" to be a text.')
})

test.each([['a\0b'], ['\ud800'], ['x\udc00y']])('what PostgreSQL cannot keep is refused: %j', (text) => {
  expect(() => strict({ text }).text('text')).toThrow(/Unicode/)
})

test.each([['ann'], ['Zoë.B-2'], ['a_b']])('%s is a name', (name) => {
  expect(strict({ name }).userName('name')).toBe(name)
})

test.each([['an n'], ['<b>'], ['.ann'], ["'; DROP TABLE users"], ['x'.repeat(33)]])('%s is no name of a user', (name) => {
  expect(() => strict({ name }).userName('name')).toThrow(/Expected "name"/)
})

test('a page has a limit, and is a whole number', () => {
  expect(strict({}).wholeNumber('limit', limits.page)).toBeUndefined()
  expect(strict({ limit: 200 }).wholeNumber('limit', limits.page)).toBe(200)
  for (const limit of [201, -1, 1.5, '7', NaN]) expect(() => strict({ limit }).wholeNumber('limit', limits.page)).toThrow(/whole/)
})

test('without validation only types are looked at', () => {
  expect(new Fields({ name: '<b>' }, false).userName('name')).toBe('<b>')
  expect(() => new Fields({ name: 7 }, false).userName('name')).toThrow(/a text/)
})
