import { randomUUID } from 'node:crypto'
import type { AuditEntry, AuditLog } from './contract.ts'

/** An entry with what makes it unique: who wrote it, and its number. Written twice, it is there once. */
export interface AuditLine extends AuditEntry {
  readonly writer: string
  readonly no: number
  readonly atMs: number
}

export interface AuditStore {
  /** All of them, or none and an error. */
  append(lines: readonly AuditLine[]): Promise<void>
}

export interface AuditLogOptions {
  readonly store: AuditStore
  /** Lines of one write. */
  readonly most?: number
  /** While the database is away: beyond so many, lines are counted as lost, and their number is noted as soon as there is room. */
  readonly mostWaiting?: number
  readonly retryMs?: number
  /** Longest wait for the database at the end. */
  readonly closeMs?: number
  readonly nowMs?: () => number
}

const mostLast = 50

/** Notes at once, writes in batches beside the requests, keeps what could not be written and tries again. */
export class BatchedAuditLog implements AuditLog {
  readonly #options: Required<AuditLogOptions>
  readonly #writer = randomUUID()
  readonly #last: AuditLine[] = []
  #waiting: AuditLine[] = []
  #no = 0
  #lost = 0
  #writing: Promise<void> | undefined
  #closingAtMs = Infinity

  constructor(options: AuditLogOptions) {
    this.#options = { most: 1_000, mostWaiting: 100_000, retryMs: 500, closeMs: 5_000, nowMs: Date.now, ...options }
  }

  /** The newest first. */
  get last(): readonly AuditLine[] {
    return this.#last.toReversed()
  }

  get waiting(): number {
    return this.#waiting.length
  }

  note(entry: AuditEntry): void {
    if (this.#waiting.length >= this.#options.mostWaiting) {
      this.#lost += 1
      return
    }
    if (this.#lost > 0) this.#add({ kind: 'gap', detail: `${this.#lost} entries were lost` })
    this.#lost = 0
    this.#add(entry)
  }

  async close(): Promise<void> {
    this.#closingAtMs = this.#options.nowMs() + this.#options.closeMs
    if (this.#lost > 0) this.#add({ kind: 'gap', detail: `${this.#lost} entries were lost` })
    this.#lost = 0
    await this.#writing
    if (this.#waiting.length > 0) throw new Error(`${this.#waiting.length} lines of the audit log could not be written.`)
  }

  #add(entry: AuditEntry): void {
    const line = { ...entry, writer: this.#writer, no: this.#no++, atMs: this.#options.nowMs() }
    this.#waiting.push(line)
    this.#last.push(line)
    if (this.#last.length > mostLast) this.#last.shift()
    this.#writing ??= this.#write()
  }

  async #write(): Promise<void> {
    const { store, most, retryMs, nowMs } = this.#options
    // What is noted in the same turn goes into the same write.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const lines = this.#waiting.slice(0, most)
      try {
        await store.append(lines)
        this.#waiting.splice(0, lines.length)
      } catch {
        // The database is away. Nothing is given up before the end.
        if (nowMs() >= this.#closingAtMs) break
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
    this.#writing = undefined
  }
}

/** To measure what auditing costs. */
export const noAuditLog: AuditLog & Pick<BatchedAuditLog, 'last' | 'waiting'> = {
  last: [],
  waiting: 0,
  note: () => undefined,
  close: () => Promise.resolve(),
}
