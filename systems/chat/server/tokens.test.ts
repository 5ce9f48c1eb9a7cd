import { expect, test } from 'vitest'
import { Passwords } from './passwords.ts'
import { Tokens } from './tokens.ts'

const ann = { id: 7, name: 'ann' }

test('a token says who somebody is, as long as it is ours and not too old', () => {
  let now = 0
  const tokens = new Tokens('secret', () => now)
  const token = tokens.issue(ann)
  expect(tokens.verify(token)).toEqual(ann)
  expect(tokens.verifyHeader(`Bearer ${token}`)).toEqual(ann)
  expect(tokens.verifyHeader(token)).toBeUndefined()
  expect(new Tokens('another secret', () => now).verify(token)).toBeUndefined()
  now = 13 * 60 * 60 * 1_000
  expect(tokens.verify(token)).toBeUndefined()
})

test.each(['', '.', 'a.b', 'a.b.c', 'null.null'])('"%s" is no token', (token) => {
  expect(new Tokens('secret').verify(token)).toBeUndefined()
})

test('a token whose claims were changed is not ours', () => {
  const tokens = new Tokens('secret')
  const [, signature] = tokens.issue(ann).split('.')
  const claims = Buffer.from(JSON.stringify({ id: 1, name: 'admin', until: Number.MAX_SAFE_INTEGER })).toString('base64url')
  expect(tokens.verify(`${claims}.${signature ?? ''}`)).toBeUndefined()
})

test.each([true, false])('a password is right or wrong, and nobody has none (asynchronous: %s)', async (isAsynchronous) => {
  const passwords = new Passwords({ cost: 16, isAsynchronous })
  const stored = await passwords.hash('correct-horse')
  expect(stored).not.toContain('correct-horse')
  expect(await passwords.verify('correct-horse', stored)).toBe(true)
  expect(await passwords.verify('correct-horsf', stored)).toBe(false)
  expect(await passwords.verify('', undefined)).toBe(false)
})

test('a hash runs beside the event loop; the defect blocking-hash runs on it', async () => {
  const turnsDuring = async (isAsynchronous: boolean): Promise<number> => {
    let turns = 0
    let isOver = false
    const turn = (): void => {
      turns += 1
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    await new Passwords({ cost: 4_096, isAsynchronous }).hash('correct-horse')
    isOver = true
    return turns
  }
  expect(await turnsDuring(false)).toBe(0)
  expect(await turnsDuring(true)).toBeGreaterThan(0)
})

test('who would wait behind too many log-ins is told to come back', async () => {
  const passwords = new Passwords({ cost: 16 })
  const results = await Promise.allSettled(Array.from({ length: 70 }, () => passwords.hash('correct-horse')))
  const refused = results.filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(6)
})
