import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { ToolError, messageOf } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import type { FeedSpec } from '../model/plan-spec.ts'
import type { FeedDeclaration } from './declarations.ts'

/** The rows of one feed in one worker. */
export interface FeedReader {
  /** A row for one user alone (`unique`); throws FEED_EXHAUSTED when none is free and the plan does not wrap. */
  checkout(): { readonly index: number; readonly row: unknown }
  /** Gives a row back, by the index that `checkout` named. */
  giveBack(index: number): void
  /** `random`: any row; `shared`: all rows in turn. */
  next(): unknown
}

export interface FeedPart {
  readonly worker: number
  readonly workers: number
  readonly random: Random
}

/** Opens a feed in a worker: row r of a unique feed belongs to worker r mod workers, so no two workers ever hand out the same. */
export function openFeed(spec: FeedSpec, { worker, workers, random }: FeedPart): FeedReader {
  const all = readRows(spec)
  const rows = spec.pick === 'unique' ? all.filter((_, index) => index % workers === worker) : all
  const free = rows.map((_, index) => index)
  let freeFrom = 0
  // Workers begin at different rows, so that together they go through the file evenly.
  let turn = spec.pick === 'shared' ? Math.floor((rows.length * worker) / workers) : 0

  return {
    checkout() {
      const index = free[freeFrom]
      if (index === undefined) {
        if (spec.whenEmpty === 'error' || rows.length === 0) throw exhausted(spec, rows.length, { worker, workers })
        return { index: -1, row: rows[turn++ % rows.length] }
      }
      freeFrom++
      // The used-up head is dropped now and then, not at each row.
      if (freeFrom > 1024 && freeFrom * 2 > free.length) {
        free.splice(0, freeFrom)
        freeFrom = 0
      }
      return { index, row: rows[index] }
    },
    giveBack(index) {
      // A row that was handed out a second time has another owner.
      if (index >= 0) free.push(index)
    },
    next: () => (spec.pick === 'random' ? rows[Math.floor(random.next() * rows.length)] : rows[turn++ % rows.length]),
  }
}

function exhausted(
  spec: FeedSpec,
  mine: number,
  { worker, workers }: { readonly worker: number; readonly workers: number },
): ToolError {
  const share = workers === 1 ? '' : `, ${mine} of them for worker ${worker} of ${workers}`
  return new ToolError(
    'FEED_EXHAUSTED',
    `${basename(spec.path)} has ${spec.rows} rows${share}, and all of them are in use by a user each`,
    {
      hint: "Add rows, run fewer users, or say `whenEmpty: 'wrap'` or `pick: 'random'` if two users may share a row.",
      where: spec.path,
    },
  )
}

/** All feeds of a plan with their numbers of rows; every file that cannot be used is in one error. */
export function resolveFeeds(declarations: readonly FeedDeclaration[]): readonly FeedSpec[] {
  const problems: string[] = []
  const feeds = declarations.map(({ delimiter, ...feed }) => {
    const spec = feed.format === 'csv' && delimiter !== ',' ? { ...feed, delimiter } : feed
    try {
      return { ...spec, rows: readRows({ ...spec, rows: 0 }).length }
    } catch (error) {
      problems.push(messageOf(error))
      return { ...spec, rows: 0 }
    }
  })
  if (problems.length > 0)
    throw new ToolError('FEED_INVALID', ['A data feed cannot be used:', ...problems.map((text) => `  ${text}`)].join('\n'))
  return feeds
}

/** @throws ToolError FEED_INVALID */
function readRows(spec: FeedSpec): readonly unknown[] {
  let text: string
  try {
    text = readFileSync(spec.path, 'utf8')
  } catch (error) {
    throw invalid(spec.path, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : messageOf(error)) // fs throws nothing else
  }
  const rows = spec.format === 'csv' ? readCsv(spec, text) : readJson(spec, text)
  if (rows.length === 0) throw invalid(spec.path, 'expected at least one row, got an empty file')
  return rows
}

function readCsv(spec: FeedSpec, text: string): readonly unknown[] {
  let lines: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]
  try {
    // `info` has no type of its own in the parser's declarations for lists.
    lines = parse(text, {
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
      delimiter: spec.delimiter ?? ',',
    }) as unknown as typeof lines
  } catch (error) {
    const at = (error as { readonly lines?: unknown }).lines // csv-parse's errors carry the line
    throw invalid(`${spec.path}${typeof at === 'number' ? `:${at}` : ''}`, `expected CSV, got ${messageOf(error)}`)
  }
  const [header, ...rows] = lines
  if (!header) return []
  const names = header.record.map((name) => name.trim())
  const empty = names.findIndex((name) => name === '')
  if (empty >= 0)
    throw invalid(`${spec.path}:1`, `expected a header line with a name for each column, got none for column ${empty + 1}`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw invalid(`${spec.path}:1`, `expected each column once in the header line, got \`${twice}\` twice`)
  return rows.map(({ record, info }) => {
    if (record.length !== names.length)
      throw invalid(`${spec.path}:${info.lines}`, `expected ${names.length} values (${names.join(', ')}), got ${record.length}`)
    return Object.fromEntries(names.map((name, index) => [name, record[index]]))
  })
}

function readJson(spec: FeedSpec, text: string): readonly unknown[] {
  let value: unknown
  try {
    value = text.trim() === '' ? [] : JSON.parse(text)
  } catch (error) {
    throw invalid(spec.path, `expected JSON, got ${messageOf(error)}`)
  }
  if (!Array.isArray(value)) throw invalid(spec.path, 'expected a JSON list of rows')
  return value
}

function invalid(place: string, message: string): ToolError {
  return new ToolError('FEED_INVALID', `${place}: ${message}`, { where: place })
}
