import type { RunData } from '../analysis/index.ts'
import type { AuditLine } from '../model/audit-record.ts'
import type { EndReason, RunEvent } from '../model/run-event.ts'
import type { WindowLine } from '../model/sample.ts'
import type { RunObserver } from './observer.ts'
import type { RecordWriter } from './record-writer.ts'
import type { RunClock } from './run-clock.ts'

/** `Omit` that keeps the members of a union apart. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** What all parts of a run share: the clock, the record, and the wish to end. */
export interface Session {
  readonly clock: RunClock
  readonly data: RunData
  readonly observer: RunObserver
  /** Aborted when the run is to end early; `ending()` says why. */
  readonly signal: AbortSignal
  /** Aborted when even a graceful end takes too long for the user (the second Ctrl-C). */
  readonly hurrySignal: AbortSignal
  hurry(): void
  emit(event: Without<RunEvent, 't'>, atSec?: number): void
  write(lines: readonly WindowLine[]): void
  audit(line: Without<AuditLine, 't'>, atSec?: number): void
  /** Told after windows were written; gives back how to leave. */
  onWritten(listener: () => void): () => void
  /** The first reason wins. */
  end(reason: EndReason, error?: unknown): void
  ending(): { readonly reason: EndReason; readonly error?: unknown } | undefined
}

export function createSession(parts: { clock: RunClock; data: RunData; record: RecordWriter; observer: RunObserver }): Session {
  const { clock, data, record, observer } = parts
  const abort = new AbortController()
  const hurry = new AbortController()
  const listeners = new Set<() => void>()
  let ending: { reason: EndReason; error?: unknown } | undefined

  const session: Session = {
    clock,
    data,
    observer,
    signal: abort.signal,
    hurrySignal: hurry.signal,
    hurry: () => hurry.abort(),
    emit(event, atSec = clock.now()) {
      const written = record.event({ t: Math.round(atSec * 1e6) / 1e6, ...event }) // the spread of a union's member and its `t` is that member again
      data.addEvent(written)
      observer.onEvent?.(written)
      giveUpWhenFull()
    },
    write(lines) {
      const written = record.windows(lines)
      for (const line of written) data.addWindow(line)
      observer.onWindows?.(written)
      giveUpWhenFull()
      // Ten times a second a link is counted, of which no stop condition speaks.
      if (lines.every(({ kind }) => kind === 'link' || kind === 'attack')) return
      for (const listener of listeners) listener()
    },
    audit(line, atSec = clock.now()) {
      data.addAudit(record.audit({ t: Math.round(atSec * 1e6) / 1e6, ...line }))
      giveUpWhenFull()
    },
    onWritten(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    end(reason, error) {
      ending ??= error === undefined ? { reason } : { reason, error }
      abort.abort()
    },
    ending: () => ending,
  }
  const giveUpWhenFull = (): void => {
    if (record.failure === undefined) return
    if (ending === undefined) session.end('stopped', record.failure)
    else ending = { error: record.failure, ...ending }
  }
  return session
}
