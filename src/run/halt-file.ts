import { lstatSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { ToolError } from '../base/errors.ts'

/** A file that halts every run on this machine while it exists, whoever started them. */
export interface HaltFile {
  readonly path: string
  /** Its first line, where somebody wrote why. */
  readonly why: string | undefined
}

/**
 * One place for the whole machine, so not below TMPDIR, which is each user's own on some systems.
 * `PROOFLOAD_HALT_FILE` names another.
 */
export function haltFilePath(): string {
  const named = process.env['PROOFLOAD_HALT_FILE']
  if (named !== undefined && named !== '') return named
  return `${process.platform === 'win32' ? tmpdir() : '/tmp'}/proofload-halt`
}

/** The file, when it is there. Anything of that name halts: a folder or a link too. */
export function findHaltFile(): HaltFile | undefined {
  const path = haltFilePath()
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return undefined
    return { path, why: stat.isFile() && stat.size <= 10_000 ? firstLine(path) : undefined }
  } catch {
    return undefined
  }
}

/** Read by other users' processes too, so it must be harmless on a terminal. */
function firstLine(path: string): string | undefined {
  try {
    const line = readFileSync(path, 'utf8').trim().split('\n')[0] ?? ''
    const printable = line.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '').slice(0, 200)
    return printable === '' ? undefined : printable
  } catch {
    return undefined
  }
}

/** What a run that meets the file has to say. */
export function haltError({ path, why }: HaltFile, isRunning: boolean): ToolError {
  const reason = why === undefined ? '' : ` ("${why}")`
  return new ToolError(
    'HALTED',
    isRunning
      ? `The run was stopped from outside: ${path} halts every run on this machine${reason}.`
      : `No run may start: ${path} halts every run on this machine${reason}.`,
    { hint: `Runs are allowed again when it is removed: rm ${path}` },
  )
}
