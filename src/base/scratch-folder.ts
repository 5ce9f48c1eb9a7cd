import { existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withDiskFull } from './disk-full.ts'
import { ToolError, messageOf } from './errors.ts'
import { isPrivateFolder } from './private-folder.ts'
import { hasProcessTable, readStat } from './process-table.ts'

/** `proofload-plan-PID-START-RANDOM`. */
const ownName = /^proofload-plan-(\d+)-(\d+)-\w+$/

/**
 * A temporary folder that names its owner: nothing is written about a command that is killed before its run begins.
 *
 * @throws ToolError TMPDIR_UNUSABLE, DISK_FULL
 */
export function makeScratchFolder(): string {
  const startTicks = readStat(process.pid)?.startTicks ?? 0
  try {
    return mkdtempSync(join(tmpdir(), `proofload-plan-${process.pid}-${startTicks}-`))
  } catch (thrown) {
    const error = withDiskFull(thrown)
    if (error instanceof ToolError) throw error
    throw new ToolError(
      'TMPDIR_UNUSABLE',
      `Expected TMPDIR to be a folder that can be written, got ${tmpdir()}: ${messageOf(thrown)}.`,
      {
        hint: 'Make the folder, or set TMPDIR to one of yours. Without TMPDIR it is /tmp.',
        cause: thrown,
      },
    )
  }
}

export interface AbandonedFolder {
  readonly path: string
  readonly madeAt: string
}

/** Such folders of this user whose owner is gone. */
export function abandonedScratchFolders(): AbandonedFolder[] {
  const folder = tmpdir()
  if (!hasProcessTable() || !existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const [, pid, startTicks] = ownName.exec(name) ?? []
    const path = join(folder, name)
    if (pid === undefined || readStat(pid)?.startTicks === Number(startTicks) || !isPrivateFolder(path)) return []
    const madeAt = statSync(path, { throwIfNoEntry: false })?.mtime.toISOString()
    return madeAt === undefined ? [] : [{ path, madeAt }]
  })
}
