import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { ensurePrivateFolder, isPrivateFolder } from '../base/private-folder.ts'
import { bootId, hasProcessTable, readStat } from '../base/process-table.ts'
import { writeWhole } from '../base/write-whole.ts'
import type { UndoRecord } from '../model/undo-record.ts'

/** A process group that must not outlive the run. `startTicks` is null where the kernel does not say. */
export interface WatchedProcess {
  readonly title: string
  /** Leader and id of its own process group. */
  readonly pid: number
  readonly startTicks: number | null
  /** What asks it to end (PostgreSQL: SIGINT; its SIGTERM waits for clients). */
  readonly signal: 'SIGTERM' | 'SIGINT'
}

/** Everything that a run has started and not yet ended: enough to clean up after it was killed. */
export interface RunJournal {
  readonly version: 1
  readonly runId: string
  readonly bootId: string
  /** The proofload process. */
  readonly owner: { readonly pid: number; readonly startTicks: number | null }
  readonly startedAt: string
  readonly processes: readonly WatchedProcess[]
  /** Temporary folders. */
  readonly folders: readonly string[]
  /** What else must be put right; absent in journals of older versions. */
  readonly undo?: readonly UndoRecord[]
}

/** Every process that a run starts carries this variable in its environment, with the run's id. */
export const runMark = 'PROOFLOAD_RUN'

/** And this one, which tells the target from the services. */
export const partMark = 'PROOFLOAD_PART'

/** Prefix of each folder that we make in a temporary folder; nothing else is ever removed. */
export const folderPrefix = 'proofload-'

/** One folder a user, closed to others: whoever could write here could have us end any process. */
export function journalFolder(): string {
  return join(tmpdir(), `proofload-journal-${userInfo().uid}`)
}

export function journalPath(runId: string): string {
  return join(journalFolder(), `${runId}.json`)
}

export function emptyJournal(runId: string): RunJournal {
  return {
    version: 1,
    runId,
    bootId: bootId(),
    owner: { pid: process.pid, startTicks: readStat(process.pid)?.startTicks ?? null },
    startedAt: new Date().toISOString(),
    processes: [],
    folders: [],
  }
}

/** Writes the journal so that it survives us and a loss of power: whole, synced, then renamed into place. */
export function writeJournal(journal: RunJournal): void {
  const path = journalPath(journal.runId)
  ensurePrivateFolder(dirname(path))
  const draft = `${path}.${process.pid}`
  try {
    writeSynced(draft, JSON.stringify(journal))
    renameSync(draft, path)
  } catch (thrown) {
    rmSync(draft, { force: true })
    throw thrown
  }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600)
  try {
    writeWhole(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export function removeJournal(runId: string): void {
  rmSync(journalPath(runId), { force: true })
  removeDrafts((draft) => draft.runId === runId)
}

/** Drafts of those who were killed while they wrote one. */
export function removeAbandonedDrafts(): void {
  if (hasProcessTable()) removeDrafts(({ pid }) => readStat(pid) === undefined)
}

function removeDrafts(isMeant: (draft: { readonly runId: string; readonly pid: number }) => boolean): void {
  const folder = journalFolder()
  if (!isPrivateFolder(folder)) return
  for (const name of readdirSync(folder)) {
    const [, runId = '', pid = ''] = /^(\w+)\.json\.(\d+)$/.exec(name) ?? []
    if (runId !== '' && isMeant({ runId, pid: Number(pid) })) rmSync(join(folder, name), { force: true })
  }
}

/** The journals on this machine that are ours. */
export function readJournals(): RunJournal[] {
  const folder = journalFolder()
  try {
    if (!isPrivateFolder(folder)) return []
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => readJournal(join(folder, name)))
  } catch {
    return []
  }
}

function readJournal(path: string): RunJournal[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isJournal(parsed) ? [parsed] : []
  } catch {
    return []
  }
}

export function isJournal(value: unknown): value is RunJournal {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'runId' in value &&
    typeof value.runId === 'string' &&
    'processes' in value &&
    Array.isArray(value.processes) &&
    'folders' in value &&
    Array.isArray(value.folders)
  )
}

/** Folders of faults on the disk: they may lie anywhere, and hold only these files. */
const pressurePrefix = `${folderPrefix}pressure-`
const pressureFiles: readonly string[] = ['fill', 'fsync']

/** Removes a folder of ours: a temporary one, one that a fault filled, or a control group. Anything that does not look like one is left alone. Answers whether it was one of ours, and is gone. */
export function removeFolder(path: string): boolean {
  const whole = resolve(path)
  if (!basename(whole).startsWith(folderPrefix)) return false
  if (whole.startsWith('/sys/fs/cgroup/')) return removeGroup(whole)
  if (basename(whole).startsWith(pressurePrefix)) return removePressureFolder(whole)
  const places = [tmpdir(), '/tmp', '/var/tmp'].map((place) => resolve(place))
  if (!places.includes(dirname(whole))) return false
  try {
    rmSync(whole, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  } catch {
    // Somebody still writes there, or it is another user's.
  }
  return !existsSync(whole)
}

/** Of the folders those that are still there when all were to be removed. */
export function removeFolders(paths: readonly string[]): string[] {
  return paths.filter((path) => !removeFolder(path) && existsSync(path))
}

/** A group is empty a moment after its last process has ended. */
function removeGroup(path: string): boolean {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      rmdirSync(path)
      return true
    } catch {
      if (!existsSync(path)) return true
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25)
    }
  }
  return false
}

/** Not recursive: whatever else has got in there is not ours. */
function removePressureFolder(path: string): boolean {
  try {
    if (!isPrivateFolder(path)) return !existsSync(path)
    for (const name of readdirSync(path)) if (pressureFiles.includes(name)) unlinkSync(join(path, name))
    rmdirSync(path)
    return true
  } catch {
    return !existsSync(path)
  }
}
