import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { ToolError, messageOf } from '../../base/errors.ts'
import { databaseClient } from './database-client.ts'

/** Runs the statements of a file, all or none of them. Throws SERVICE_NOT_STARTED. */
export async function runSetup(name: string, url: string, path: string): Promise<void> {
  const where = `services.${name}.setup`
  const client = databaseClient(url)
  client.on('error', () => undefined)
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
    await client.connect()
    // Without values a text of several statements is one message and one transaction, unless it says otherwise (PostgreSQL, 54.2.2.1).
    await client.query(text)
  } catch (thrown) {
    throw new ToolError(
      'SERVICE_NOT_STARTED',
      `The statements in ${basename(path)} for the database \`${name}\` failed${lineOf(thrown, text)}: ${messageOf(thrown)}.`,
      { where, cause: thrown },
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** The database counts the characters up to its mistake from 1. */
function lineOf(thrown: unknown, text: string): string {
  const position = thrown instanceof Error && 'position' in thrown ? Number(thrown.position) : NaN
  return Number.isNaN(position) ? '' : ` in line ${text.slice(0, position - 1).split('\n').length}`
}
