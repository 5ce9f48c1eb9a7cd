import { expect, test } from 'vitest'
import { Accounts } from './accounts.ts'
import { Passwords } from './passwords.ts'
import type { AuditEntry } from './protection/contract.ts'
import { unprotected } from './protections.ts'
import { Tokens } from './tokens.ts'

function accountsOf() {
  const noted: AuditEntry[] = []
  const audit = { note: (entry: AuditEntry) => noted.push(entry), close: () => Promise.resolve() }
  const store = { addUser: () => Promise.resolve(undefined), findUser: () => Promise.resolve(undefined) }
  const passwords = new Passwords({ cost: 16 })
  const protections = { ...unprotected, audit }
  return { accounts: new Accounts({ store, passwords, tokens: new Tokens('secret'), protections }), noted }
}

test('of guesses at the same moment few are computed, and every one is in the audit log', async () => {
  const { accounts, noted } = accountsOf()
  const guess = () => accounts.logIn({ name: 'ann', password: 'a wrong password', address: '127.0.0.9' })
  const codes = (await Promise.allSettled(Array.from({ length: 40 }, guess))).map(
    (settled) => settled.status === 'rejected' && (settled.reason as { code: string }).code, // a ChatError
  )
  expect(codes.filter((code) => code === 'unauthorized')).toHaveLength(12)
  expect(codes.filter((code) => code === 'rate-limited')).toHaveLength(28)
  expect(noted.filter(({ kind }) => kind === 'log-in-failed')).toHaveLength(12)
  expect(noted.filter(({ kind }) => kind === 'log-in-refused')).toHaveLength(28)
})
