import type { AuditLine } from '../model/audit-record.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunHeader } from '../model/run-header.ts'
import type { WindowLine } from '../model/sample.ts'
import { createRunData } from './run-data.ts'
import type { RunData } from './run-data.ts'

export interface RecordText {
  readonly header: RunHeader
  /** Lines of `events.ndjson`. */
  readonly events: Iterable<string>
  /** Lines of `windows.ndjson`. */
  readonly windows: Iterable<string>
  /** Lines of `audit.ndjson`; absent: no scenario kept an audit. */
  readonly audit?: Iterable<string>
}

export interface ReadRecord {
  readonly data: RunData
  /** A last line was cut short, as a killed run leaves it. */
  readonly torn: boolean
  /** Lines that could not be read, apart from a cut last one. */
  readonly problems: readonly string[]
}

/** A run's data from its record. A last line that was cut is left out; any other bad line is left out and reported. */
export function readRecord({ header, events, windows, audit = [] }: RecordText): ReadRecord {
  const data = createRunData(header)
  const problems: string[] = []
  const tornEvents = eachLine('events.ndjson', events, problems, (line) => {
    data.addEvent(line as unknown as RunEvent) // written by us; its kind and time were checked
  })
  const tornWindows = eachLine('windows.ndjson', windows, problems, (line) => {
    data.addWindow(line as unknown as WindowLine) // written by us; its kind and time were checked
  })
  const tornAudit = eachLine('audit.ndjson', audit, problems, (line) => {
    data.addAudit(line as unknown as AuditLine) // written by us; its kind and time were checked
  })
  return { data, torn: tornEvents || tornWindows || tornAudit, problems }
}

interface Line {
  readonly kind: string
  readonly t: number
}

function eachLine(file: string, lines: Iterable<string>, problems: string[], use: (line: Line) => void): boolean {
  let suspect: string | undefined
  let number = 0
  for (const text of lines) {
    number++
    if (text.trim() === '') continue
    if (suspect !== undefined) problems.push(suspect)
    suspect = undefined
    try {
      const line: unknown = JSON.parse(text)
      if (isLine(line)) use(line)
      else problems.push(`${file}:${number}: expected an object with "kind" and "t"`)
    } catch (error) {
      suspect = `${file}:${number}: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  return suspect !== undefined
}

function isLine(value: unknown): value is Line {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    't' in value &&
    typeof value.t === 'number'
  )
}
