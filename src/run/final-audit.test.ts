import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { examineAudit } from '../analysis/index.ts'
import type { AuditLine } from '../model/audit-record.ts'
import { auditedRecord } from '../../test/kit/audited-record.ts'
import { openFinalAudit } from './final-audit.ts'
import type { OpenAudit } from './final-audit.ts'
import { createRecordWriter } from './record-writer.ts'
import { createSession } from './session.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** The final read of a run in which `acknowledged` was written, and what is in its record. */
function open(acknowledged: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'))
  folders.push(folder)
  const record = createRecordWriter(folder, new Set(['hunter-two']))
  const data = auditedRecord({ acknowledged })
  const session = createSession({ clock: { startNs: '0', now: () => 9 }, data, record, observer: {} })
  const open: OpenAudit = openFinalAudit(session, { hook: 'audit', test: 'the test' })
  const lines = (): readonly AuditLine[] =>
    readFileSync(join(folder, 'audit.ndjson'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditLine) // written just before
  return { ...open, data, lines }
}

const pages = async function* (): AsyncGenerator<string> {
  yield* ['a', 'b']
  await Promise.resolve()
  yield 'c'
}

test('what is read, in lists and page by page, is in the record, and the end of it', async () => {
  const { context, settled, close, data, lines } = open(['a', 'b', 'c', 'gone'])
  await context.read(['a', 7, { id: 'b', count: 2, version: 3 }])
  await context.read(pages())
  await settled()
  close()
  expect(lines()).toMatchObject([
    { t: 9, kind: 'audit-found', hook: 'audit', test: 'the test', ids: ['a', '7', { id: 'b', count: 2, version: 3 }] },
    { kind: 'audit-found', ids: ['a', 'b', 'c'] },
    { kind: 'audit-read', ids: 6 },
  ])
  expect(examineAudit(data.audit, 'the test')).toMatchObject({ read: 'complete', ids: { lost: { examples: ['gone'] } } })
})

test('a thousand ids are a line', async () => {
  const { context, close, lines } = open()
  await context.read(Array.from({ length: 2500 }, (_, i) => i + 1))
  close()
  expect(lines().map((line) => (line.kind === 'audit-found' ? line.ids.length : line.kind))).toEqual([
    1000,
    1000,
    500,
    'audit-read',
  ])
})

test('an empty list was read; a function that never read says so', async () => {
  const reading = open(['a'])
  await reading.context.read([])
  reading.close()
  expect(examineAudit(reading.data.audit, 'the test')).toMatchObject({ read: 'complete', ids: { lost: { count: 1 } } })
  const silent = open(['a'])
  silent.close()
  expect(silent.lines()).toMatchObject([{ kind: 'audit-read', ids: null }])
  expect(examineAudit(silent.data.audit, 'the test')?.read).toBe('none')
})

test('a read that nobody waited for is waited for, and fails the function as it fails', async () => {
  const { context, settled, close, lines } = open()
  void context.read(pages())
  await settled()
  expect(lines()).toMatchObject([{ ids: ['a', 'b', 'c'] }])
  // What a plan without types may pass.
  void context.read([{}] as unknown as string[])
  await expect(settled()).rejects.toThrow('Expected audit.read(…) to be given ids')
  close(new Error('broken'))
  expect(lines().at(-1)).toMatchObject({ kind: 'audit-read', error: 'broken' })
})

test('what a function says after it was given up is not heard', async () => {
  const { context, close, lines } = open()
  const late = context.read(pages())
  close(new Error('gave up'))
  await late
  expect(lines()).toMatchObject([{ kind: 'audit-read', error: 'gave up' }])
})

test('totals and rules are written down, secrets masked, and a total is a number', () => {
  const { context, close, lines } = open()
  context.total('stock', 90, 100)
  context.invariant('the sum is right', false, 'hunter-two')
  expect(() => context.total('stock', Number.NaN)).toThrow("Expected audit.total('stock', …) to be given a number, got NaN")
  close()
  expect(lines()).toMatchObject([
    { kind: 'audit-total', counter: 'stock', value: 90, from: 100 },
    { kind: 'audit-checks', invariants: { 'the sum is right': { count: 1, broken: 1, examples: ['***'] } } },
    { kind: 'audit-read', ids: null },
  ])
})

test('the ids to look for are those of the test that were not refused', () => {
  expect([...open(['a', 'b']).context.ids]).toEqual(['a', 'b'])
})
