import { describe, expect, it } from 'vitest'
import { isControl, StatementNames } from './statement-names.ts'

describe('a statement about the transaction itself', () => {
  it.each(['COMMIT', 'begin;', ' \n-- a note\n/* and */ ROLLBACK TO x', 'prepare  transaction $1', 'END', 'Start Transaction'])(
    'is %j',
    (sql) => {
      expect(isControl(sql)).toBe(true)
    },
  )

  it.each(['SELECT 1', 'COMMITTED', 'PREPARE x AS SELECT 1', '-- COMMIT', 'UPDATE "commit" SET x = 1', ''])(
    'is not %j',
    (sql) => {
      expect(isControl(sql)).toBe(false)
    },
  )

  it('is known by the names of its statement and its portal, until these are used for another', () => {
    const names = new StatementNames()
    const content = (...texts: string[]): Buffer => Buffer.from(texts.map((text) => `${text}\0`).join(''))
    names.parsed(content('s', 'COMMIT'))
    names.parsed(content('', 'SELECT 1'))
    names.bound(content('p', 's'))
    names.bound(content('', ''))
    expect(names.executesControl(content('p'))).toBe(true)
    expect(names.executesControl(content(''))).toBe(false)
    names.parsed(content('s', 'SELECT 2'))
    names.bound(content('p', 's'))
    expect(names.executesControl(content('p'))).toBe(false)
  })
})
