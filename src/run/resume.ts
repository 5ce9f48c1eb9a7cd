import { existsSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunData } from '../analysis/index.ts'
import { ToolError } from '../base/errors.ts'
import type { RunHeader } from '../model/run-header.ts'
import { listActiveRuns } from './active-runs.ts'
import { recordFiles, reportFiles } from './out-folder.ts'
import type { LoadedPlan } from './prepare-plan.ts'
import { readRunFolder } from './read-run-folder.ts'

/** A run that was ended in the middle of a search, ready to go on in its own record. */
export interface UnfinishedRun {
  readonly folder: string
  readonly header: RunHeader
  readonly data: RunData
}

/**
 * The run of a folder, if it can go on.
 * @throws ToolError RECORD_UNREADABLE; RESUME_IMPOSSIBLE when nothing of it is left to do, or what was cut off cannot go on
 */
export function readUnfinishedRun(path: string): UnfinishedRun {
  const folder = resolve(path)
  const writer = listActiveRuns().find((run) => run.folder === folder)
  if (writer !== undefined)
    throw impossible(
      `it is still in progress (process ${writer.process.pid})`,
      'Two writers spoil a record: end it first with `proofload stop`.',
    )
  const { header, data } = readRunFolder(path)
  const cut = data.tests.find(({ end }) => end !== 'completed')
  if (cut !== undefined && cut.spec.capacity === undefined)
    throw impossible(
      `"${cut.name}" was cut off, and only a capacity search can go on where it was`,
      'Run it again from its start.',
    )
  const begun = data.tests.filter(({ end }) => end === 'completed').length
  if (begun === header.plan.tests.length)
    throw impossible('all of its tests were run to their end', 'There is nothing to go on with.')
  return { folder, header, data }
}

/**
 * The plan of an unfinished run with its tests as they were resolved then.
 * @throws ToolError RESUME_IMPOSSIBLE when the code is another: trials of two programs are no search
 */
export function planToResume(plan: LoadedPlan, { header }: UnfinishedRun): LoadedPlan {
  if (plan.spec.fingerprint !== header.plan.fingerprint)
    throw impossible(
      `its plan ${header.plan.file} has changed since (fingerprint ${header.plan.fingerprint.slice(0, 12)}, now ${plan.spec.fingerprint.slice(0, 12)})`,
      'Trials of two plans are no search: run it again from its start.',
    )
  return { ...plan, spec: { ...plan.spec, tests: header.plan.tests } }
}

/** Makes the folder ready to be written to again: reports of the first part say what is no longer so. */
export function reopenRun({ folder }: UnfinishedRun): void {
  // What a kill cut in the middle of a line is no part of the record; the next line must not be joined to it.
  for (const name of recordFiles) cutTornLine(join(folder, name))
  for (const name of reportFiles) rmSync(join(folder, name), { force: true })
}

function impossible(why: string, hint: string): ToolError {
  return new ToolError('RESUME_IMPOSSIBLE', `The run cannot be resumed: ${why}.`, { where: '--resume', hint })
}

function cutTornLine(file: string): void {
  if (!existsSync(file)) return
  const bytes = readFileSync(file)
  const end = bytes.lastIndexOf(10) + 1
  if (end < bytes.length) truncateSync(file, end)
}
