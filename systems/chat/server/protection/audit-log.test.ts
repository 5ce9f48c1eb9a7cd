import { expect, test } from 'vitest'
import { BatchedAuditLog, noAuditLog, type AuditLine, type AuditStore } from './audit-log.ts'

/** A table that can be away, and can lose its answer after having written. */
class MemoryAudit implements AuditStore {
  readonly rows = new Map<string, AuditLine>()
  writes = 0
  failures = 0
  losesAnswers = false

  append(lines: readonly AuditLine[]): Promise<void> {
    this.writes += 1
    const isFailing = this.failures-- > 0
    if (!isFailing || this.losesAnswers) for (const line of lines) this.rows.set(`${line.writer}/${line.no}`, line)
    return isFailing ? Promise.reject(new Error('away')) : Promise.resolve()
  }

  get details() {
    return [...this.rows.values()].map(({ detail }) => detail)
  }
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `entry ${n}`)

test('everything that was noted is there after closing, in order, in few writes', async () => {
  const store = new MemoryAudit()
  const log = new BatchedAuditLog({ store })
  for (const detail of numbers(5_000)) log.note({ kind: 'log-in-failed', user: 'ann', address: '127.0.0.1', detail })
  await log.close()
  expect(store.details).toEqual(numbers(5_000))
  expect(store.writes).toBe(5)
})

test('what is noted while a write is under way is written by the next', async () => {
  const store = new MemoryAudit()
  const log = new BatchedAuditLog({ store })
  for (const detail of numbers(100)) {
    log.note({ kind: 'logged-in', detail })
    await new Promise((resolve) => setImmediate(resolve))
  }
  await log.close()
  expect(store.details).toEqual(numbers(100))
})

test('a database that is away for a while costs no entry, and one whose answer is lost doubles none', async () => {
  const store = new MemoryAudit()
  store.failures = 3
  store.losesAnswers = true
  const log = new BatchedAuditLog({ store, retryMs: 1 })
  for (const detail of numbers(50)) log.note({ kind: 'admin', detail })
  await log.close()
  expect(store.writes).toBe(4)
  expect(store.details).toEqual(numbers(50))
})

test('what does not fit while the database is away is counted, and the gap is noted', async () => {
  const store = new MemoryAudit()
  const log = new BatchedAuditLog({ store, mostWaiting: 10 })
  for (const detail of numbers(25)) log.note({ kind: 'admin', detail })
  await log.close()
  expect(store.details).toEqual([...numbers(10), '15 entries were lost'])
})

test('a database that stays away does not keep the server from ending, and the loss is said', async () => {
  const store = new MemoryAudit()
  store.failures = Infinity
  const log = new BatchedAuditLog({ store, retryMs: 1, closeMs: 20 })
  log.note({ kind: 'admin', detail: 'never written' })
  await expect(log.close()).rejects.toThrow('1 lines of the audit log could not be written.')
})

test('the last entries can be looked at, the newest first', async () => {
  const log = new BatchedAuditLog({ store: new MemoryAudit() })
  for (const detail of numbers(60)) log.note({ kind: 'admin', detail })
  expect(log.last).toHaveLength(50)
  expect(log.last[0]).toMatchObject({ kind: 'admin', detail: 'entry 59' })
  await log.close()
})

test('without an audit log nothing is kept', async () => {
  noAuditLog.note({ kind: 'admin' })
  await noAuditLog.close()
  expect(noAuditLog.last).toEqual([])
})
