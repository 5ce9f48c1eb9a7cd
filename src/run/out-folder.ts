import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ToolError, messageOf } from '../base/errors.ts'

/** The append-only part of a run's record. */
export const recordFiles = ['events.ndjson', 'windows.ndjson', 'audit.ndjson'] as const

/** Made from the record, and never without it. */
export const reportFiles = ['result.json', 'report.html', 'report.txt', 'report.md', 'windows.csv', 'junit.xml'] as const

/** What proofload writes into a run folder: only these are removed when a folder is used again. */
const ours: readonly string[] = ['plan.json', 'plan.bundle.mjs', ...recordFiles, ...reportFiles, 'target.log', 'services']

/**
 * Makes the run folder ready: created if missing, emptied of an earlier run's files if it has one, refused when it holds something else.
 * @throws ToolError OUT_UNUSABLE
 */
export function prepareOutFolder(path: string): string {
  const folder = resolve(path)
  try {
    const stats = statSync(folder, { throwIfNoEntry: false })
    if (stats && !stats.isDirectory()) throw new Error('it exists and is not a folder')
    mkdirSync(folder, { recursive: true })
    const present = readdirSync(folder)
    if (present.length > 0 && !present.includes('plan.json') && !present.every((name) => ours.includes(name)))
      throw new Error('it holds files that are not from a run of proofload')
    for (const name of ours) if (present.includes(name)) rmSync(join(folder, name), { recursive: true, force: true })
    accessSync(folder, constants.W_OK)
    const probe = join(folder, 'plan.json')
    writeFileSync(probe, '{}\n')
    return folder
  } catch (error) {
    throw new ToolError(
      'OUT_UNUSABLE',
      `Expected --out to be a folder that can be written, got \`${folder}\`: ${messageOf(error)}.`,
      {
        hint: 'Give another folder with --out DIR, or leave --out away to write below .proofload/runs/.',
        cause: error,
      },
    )
  }
}

/** `.proofload/runs/2026-11-21T11-42-07-shop` below the working folder. */
export function defaultOutFolder(planName: string, now: Date): string {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-')
  return join('.proofload', 'runs', `${time}-${planName.replace(/[^\w.-]+/g, '-')}`)
}
