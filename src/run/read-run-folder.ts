import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RunData } from '../analysis/index.ts'
import { readRecord } from '../analysis/index.ts'
import { ToolError, messageOf } from '../base/errors.ts'
import type { RunHeader } from '../model/run-header.ts'
import { recordSchema } from '../model/schema-version.ts'

export interface SavedRun {
  readonly header: RunHeader
  readonly data: RunData
  /** Lines that could not be read, besides a last one that was cut: the record was damaged. */
  readonly problems: readonly string[]
}

/**
 * Reads the record of a run, also of one that was killed.
 * @throws ToolError RECORD_UNREADABLE
 */
export function readRunFolder(folder: string): SavedRun {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new ToolError(
      'RECORD_UNREADABLE',
      `Expected a run folder, got \`${folder}\`, which ${existsSync(folder) ? 'is a file' : 'does not exist'}.`,
      {
        hint: 'Run folders are below .proofload/runs/ unless the run was given --out DIR.',
      },
    )
  const header = readHeader(folder)
  const { data, problems } = readRecord({
    header,
    events: readLines(folder, 'events.ndjson'),
    windows: readLines(folder, 'windows.ndjson'),
    audit: readLines(folder, 'audit.ndjson'),
  })
  return { header, data, problems }
}

function readHeader(folder: string): RunHeader {
  const file = join(folder, 'plan.json')
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ToolError('RECORD_UNREADABLE', `${folder} has no readable plan.json: ${messageOf(error)}.`, { cause: error })
  }
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== recordSchema)
    throw new ToolError('RECORD_UNREADABLE', `Expected ${file} to be a record of schema \`${recordSchema}\`; it is not.`, {
      hint: 'The folder may come from another version of proofload, or from a run that ended before it began.',
    })
  return value as RunHeader // the schema tag names the type; older writers keep to it
}

function readLines(folder: string, name: string): readonly string[] {
  const file = join(folder, name)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8').split('\n')
}
