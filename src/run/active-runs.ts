import { randomUUID } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { ensurePrivateFolder, isPrivateFolder } from '../base/private-folder.ts'
import type { ProcessIdentity } from '../base/process-identity.ts'
import { isAlive, ownIdentity } from '../base/process-identity.ts'

/** A run that is under way, as it tells others of itself. */
export interface ActiveRun {
  readonly version: 1
  readonly id: string
  readonly plan: string
  /** Absolute. */
  readonly folder: string
  readonly startedAt: string
  readonly process: ProcessIdentity
}

/** One folder a user, closed to others: a request to stop is a file in it. */
function registryFolder(): string {
  return join(tmpdir(), `proofload-runs-${userInfo().uid}`)
}

const entryPath = (id: string): string => join(registryFolder(), `${id}.json`)
const requestPath = (id: string): string => join(registryFolder(), `${id}.stop`)

/** Makes a run known, so that `proofload stop` finds it. */
export function registerRun({ plan, folder, startedAt }: Pick<ActiveRun, 'plan' | 'folder' | 'startedAt'>): ActiveRun {
  const run: ActiveRun = { version: 1, id: randomUUID(), plan, folder, startedAt, process: ownIdentity() }
  ensurePrivateFolder(registryFolder())
  // Renamed into place, so that nobody reads half an entry.
  const draft = `${entryPath(run.id)}.draft`
  try {
    writeFileSync(draft, JSON.stringify(run), { mode: 0o600 })
    renameSync(draft, entryPath(run.id))
  } catch (thrown) {
    rmSync(draft, { force: true })
    throw thrown
  }
  return run
}

export function unregisterRun({ id }: Pick<ActiveRun, 'id'>): void {
  for (const path of [entryPath(id), requestPath(id)]) rmSync(path, { force: true })
}

/** Asks a run to stop; asking again asks it not to wait for its clean-up either. */
export function requestStop({ id }: Pick<ActiveRun, 'id'>): void {
  appendFileSync(requestPath(id), 'x', { mode: 0o600 })
}

/** How often the run was asked to stop. */
export function stopRequests({ id }: Pick<ActiveRun, 'id'>): number {
  return statSync(requestPath(id), { throwIfNoEntry: false })?.size ?? 0
}

/** The runs of this user on this machine, oldest first. What killed runs have left here is removed. */
export function listActiveRuns(): ActiveRun[] {
  const folder = registryFolder()
  if (!isPrivateFolder(folder)) return []
  const runs = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readEntry(join(folder, name)))
  const [alive, gone] = [runs.filter((run) => isAlive(run.process)), runs.filter((run) => !isAlive(run.process))]
  for (const run of gone) unregisterRun(run)
  return alive.sort((a, b) => a.startedAt.localeCompare(b.startedAt))
}

export function isActive(run: ActiveRun): boolean {
  return isAlive(run.process) && statSync(entryPath(run.id), { throwIfNoEntry: false }) !== undefined
}

function readEntry(path: string): ActiveRun[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isEntry(parsed) ? [parsed] : []
  } catch {
    return [] // it has just ended
  }
}

function isEntry(value: unknown): value is ActiveRun {
  const entry = value as Partial<ActiveRun> | null // looked at field by field
  return (
    entry?.version === 1 &&
    [entry.id, entry.plan, entry.folder, entry.startedAt, entry.process?.bootId].every((text) => typeof text === 'string') &&
    typeof entry.process?.pid === 'number'
  )
}
