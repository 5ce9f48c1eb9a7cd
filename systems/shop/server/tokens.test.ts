import { expect, test } from 'vitest'
import { hashPassword, isSameSecret, verifyPassword } from './tokens.ts'

test('only the right password fits its hash', async () => {
  const stored = await hashPassword('correct-horse')
  expect(await verifyPassword('correct-horse', stored)).toBe(true)
  expect(await verifyPassword('correct-house', stored)).toBe(false)
})

test('the same password gets a different salt each time', async () => {
  expect(await hashPassword('a')).not.toBe(await hashPassword('a'))
})

test('a stored value of another kind never fits', async () => {
  expect(await verifyPassword('', '')).toBe(false)
  expect(await verifyPassword('plain', 'plain')).toBe(false)
})

test('secrets of different length are not the same', () => {
  expect(isSameSecret('admin', 'admin')).toBe(true)
  expect(isSameSecret('admi', 'admin')).toBe(false)
})
