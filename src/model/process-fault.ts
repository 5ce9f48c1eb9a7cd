/** Whose process: `target`, the name of a service, or a process id that the plan names. */
export type ProcessRef = string | number

/** What is done to a process and its children. */
export type ProcessAction =
  /** SIGSTOP, then SIGCONT. */
  | { readonly kind: 'pause'; readonly on: ProcessRef }
  /** SIGKILL; what we started is started again at the end of the fault. */
  | { readonly kind: 'kill'; readonly on: ProcessRef }
  /** SIGTERM, and as long as it wants to finish; started again at the end of the fault. */
  | { readonly kind: 'terminate'; readonly on: ProcessRef }
  /** SIGKILL and a new start, `everyMs` after each start, until the fault ends. */
  | { readonly kind: 'crash-loop'; readonly on: ProcessRef; readonly everyMs: number }
  /** SIGTERM, and a new start as soon as it has ended. */
  | { readonly kind: 'restart'; readonly on: ProcessRef }
  /** Stopped for the rest of each tenth of a second, so that it has only this share (0..1) of it. */
  | { readonly kind: 'cpu-quota'; readonly on: ProcessRef; readonly share: number }

/** What is done in a database that the plan started or names. */
export type DatabaseAction =
  /** Opens connections until only `leave` are left to ordinary users. */
  | { readonly kind: 'exhaust-connections'; readonly on: string; readonly leave: number }
  /** Ends the target's back ends, again every `everyMs` (0: once). */
  | { readonly kind: 'kill-backends'; readonly on: string; readonly everyMs: number }
  /** Holds `ACCESS EXCLUSIVE` on a table, so that whoever uses it waits. */
  | { readonly kind: 'lock-table'; readonly on: string; readonly table: string }
  /** A transaction that stays open and idle with a snapshot and a row lock nowhere. */
  | { readonly kind: 'long-transaction'; readonly on: string }
  /** New transactions may only read (25006). */
  | { readonly kind: 'read-only'; readonly on: string }
  /** Answers to the target's connections are held back, so that its pool is in use to the last connection while the database is idle; or so many of its connections. */
  | { readonly kind: 'exhaust-pool'; readonly on: string; readonly connections?: number }

/** What is done inside a Node target that the plan lets us preload (`target.preload`). */
export type PreloadAction =
  /** The event loop is busy for `blockMs`, again every `everyMs`. */
  | { readonly kind: 'block-event-loop'; readonly blockMs: number; readonly everyMs: number }
  /** Garbage of so many bytes a second. */
  | { readonly kind: 'gc-pressure'; readonly bytesPerSec: number }
  /** Descriptors held open in the process itself. */
  | { readonly kind: 'open-files'; readonly files: number }
  /** Look-ups of names answer so much later. */
  | { readonly kind: 'slow-dns'; readonly delayMs: number }
  /** Look-ups of names fail. */
  | { readonly kind: 'fail-dns'; readonly code: 'ENOTFOUND' | 'EAI_AGAIN' | 'ETIMEOUT' }
