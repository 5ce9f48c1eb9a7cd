import type { AuditOutcome } from './audit-record.ts'

/** What names a write: unique in the run, and in the data. */
export type AuditId = string | number

/** What a scenario sees of the audit. Its functions are properties, because plans take them apart. */
export interface AuditContext {
  /**
   * Notes that `id` is about to be written, runs `body`, and notes what its answer promises. An answer below 400 acknowledges the write; other 4xx (but 408 and 409), a 503 with
   * Retry-After and a connection that never came to be are failures; everything else may or may not have happened. An answer of `sql` says
   * itself what is known. Without an answer of either: returning acknowledges, throwing leaves it open. `id` may be a list, or read the id that the target gave from the answer.
   *
   * @example
   * await audit.write(id, () => http.post('/orders', { json: { id } }))
   */
  readonly write: <T>(
    id: AuditId | readonly AuditId[] | ((answer: T) => AuditId),
    body: () => T | Promise<T>,
    options?: AuditWriteOptions<T>,
  ) => Promise<T>
  /** The same for a change of a counter: in the end it must lie between what was acknowledged and what was attempted. */
  readonly add: <T>(counter: string, amount: number, body: () => T | Promise<T>, options?: AuditOutcomeOptions<T>) => Promise<T>
  /**
   * Reads something back that may have been written: a read that begins after the acknowledgement and does not show the write is stale. `seen` says whether
   * it is there, or in which version; undefined: the answer does not tell. By default 2xx is there, 404 and 410 are not.
   */
  readonly readBack: <T>(
    id: AuditId,
    body: () => T | Promise<T>,
    seen?: (answer: T) => boolean | number | undefined,
  ) => Promise<T>
  /** The answer must hold what the request sent (a nonce, the own user's name); otherwise it belongs to somebody else. Returns whether it does. */
  readonly echo: (expected: AuditId, got: unknown) => boolean
  /** SHA-256 in hexadecimal. */
  readonly checksum: (payload: string | Uint8Array) => string
  /** A payload must fit the checksum that it was written with; otherwise it is torn. Returns whether it does. */
  readonly intact: (id: AuditId, payload: string | Uint8Array, checksum: string) => boolean
  /** A rule of the data, such as a sum that never changes. `seen` is shown where it is broken. Returns whether it holds. */
  readonly invariant: (name: string, holds: boolean, seen?: unknown) => boolean
}

export interface AuditOutcomeOptions<T> {
  /** What an answer promises, where the rule of {@link AuditContext.write} does not fit. */
  readonly outcome?: (answer: T) => AuditOutcome
}

export interface AuditWriteOptions<T> extends AuditOutcomeOptions<T> {
  /** Of something that is written again and again: a number that grows with each write. */
  readonly version?: number
}

/** An id that is there, `count` times (default once), in a version. */
export type AuditReadId = AuditId | { readonly id: AuditId; readonly count?: number; readonly version?: number }

/** What `setup`, `audit` and `teardown` of a plan see of the audit. */
export interface FinalAudit extends Pick<AuditContext, 'checksum' | 'intact' | 'invariant'> {
  /** Ids that scenarios tried to write and that were not refused: for a target that cannot list what it holds. */
  readonly ids: Iterable<string>
  /** Says what is there, in as many calls as you like; an id that comes twice is there twice. In `setup`: what was there before. */
  readonly read: (ids: Iterable<AuditReadId> | AsyncIterable<AuditReadId>) => Promise<void>
  /** What a counter holds, and what it held before the test (default 0). */
  readonly total: (counter: string, value: number, before?: number) => void
}
