import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ToolError, messageOf } from '../base/errors.ts'
import { maskSecrets } from '../base/secrets.ts'
import { writeWhole } from '../base/write-whole.ts'
import type { AuditLine } from '../model/audit-record.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunHeader } from '../model/run-header.ts'
import type { WindowLine } from '../model/sample.ts'

export interface RecordWriter {
  header(header: RunHeader): RunHeader
  /** Appends and gives back what was written (secrets masked): everything downstream sees only that. */
  event(event: RunEvent): RunEvent
  windows(lines: readonly WindowLine[]): readonly WindowLine[]
  audit(line: AuditLine): AuditLine
  /** Set once the disk refused a line: what comes later is not in the record. */
  readonly failure: ToolError | undefined
  close(): void
}

/** The append-only run record. Every line is in the kernel's hands when the call returns, so a killed run loses at most the line being written. */
export function createRecordWriter(folder: string, secrets: ReadonlySet<string>): RecordWriter {
  const events = openSync(join(folder, 'events.ndjson'), 'a')
  const windows = openSync(join(folder, 'windows.ndjson'), 'a')
  /** Only of a run whose scenarios keep an audit. */
  let audits: number | undefined
  let failure: ToolError | undefined
  let closed = false

  // Looked at anew each time: a service's password is known only once the service runs.
  const mask = (text: string): string => (secrets.size === 0 ? text : maskSecrets(text, [...secrets]))
  const masked = <T>(value: T, text: string): T => (secrets.size === 0 ? value : (JSON.parse(text) as T)) // JSON text of a T, made just before

  const append = (file: number, text: string): void => {
    if (failure !== undefined || closed) return
    try {
      writeWhole(file, text)
    } catch (error) {
      failure = new ToolError('DISK_FULL', `The run record in ${folder} cannot be written: ${messageOf(error)}.`, {
        hint: 'Free some space, or write elsewhere with --out DIR. What was written until now can be read with `proofload report`.',
        cause: error,
      })
    }
  }

  return {
    header(header) {
      const text = mask(JSON.stringify(header, null, 2))
      writeFileSync(join(folder, 'plan.json'), `${text}\n`)
      return masked(header, text)
    },
    event(event) {
      const text = mask(JSON.stringify(event))
      append(events, `${text}\n`)
      return masked(event, text)
    },
    windows(lines) {
      if (lines.length === 0) return lines
      const texts = lines.map((line) => mask(JSON.stringify(line)))
      append(windows, `${texts.join('\n')}\n`)
      return lines.map((line, i) => masked(line, texts[i] ?? 'null'))
    },
    audit(line) {
      const text = mask(JSON.stringify(line))
      append((audits ??= openSync(join(folder, 'audit.ndjson'), 'a')), `${text}\n`)
      return masked(line, text)
    },
    get failure() {
      return failure
    },
    close() {
      if (closed) return
      closed = true
      for (const file of [events, windows, ...(audits === undefined ? [] : [audits])]) {
        try {
          fsyncSync(file)
        } catch {
          // A file system without fsync, or a full disk that `failure` already tells.
        }
        closeSync(file)
      }
    },
  }
}
