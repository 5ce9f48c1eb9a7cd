import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { folderPrefix } from '../journal.ts'
import type { Supervisor } from '../supervisor.ts'
import type { Binaries } from './binaries.ts'
import { runCommand } from './run-command.ts'
import type { RunAs } from './user.ts'

/** Our database in each cluster, and the superuser whose connection string a plan gets. */
export const database = 'proofload'
export const superuser = 'postgres'

/** Raise when what is in a template changes. */
const templateVersion = 1

export interface Template {
  readonly folder: string
  readonly password: string
}

/**
 * A data folder as `initdb` makes it, with our database and pg_stat_statements in it, made once (it takes about two seconds) and then copied.
 * The password is random, of this user on this machine, and readable by nobody else: others on the machine can reach the port as well.
 */
export async function template(binaries: Binaries, as: RunAs, supervisor: Supervisor): Promise<Template> {
  const folder = join(binaries.folder, `template-${templateVersion}`)
  if (!existsSync(folder)) await makeTemplate({ binaries, as, folder, supervisor })
  return { folder, password: await readFile(join(folder, 'proofload.password'), 'utf8') }
}

interface Making {
  readonly binaries: Binaries
  readonly as: RunAs
  readonly folder: string
  readonly supervisor: Supervisor
}

/** In a folder and by processes that the watchdog knows, so that nothing is left of it when proofload is killed meanwhile. */
async function makeTemplate({ binaries, as, folder, supervisor }: Making): Promise<void> {
  const making = join(dirname(binaries.folder), `${folderPrefix}template-${randomBytes(6).toString('hex')}`)
  const draft = join(making, 'data')
  const draftPassword = join(making, 'password')
  const password = randomBytes(18).toString('base64url')
  const env = supervisor.envOf('template')
  supervisor.addFolder(making)
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 })
    await writeFile(draftPassword, password, { mode: 0o600 })
    for (const path of [making, draft, draftPassword]) await give(path, as)
    // The builtin C.UTF-8 sorts the same on every machine, whatever its C library (PostgreSQL 17 and later).
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    const login = [`--username=${superuser}`, '--auth=scram-sha-256', `--pwfile=${draftPassword}`]
    await runCommand(binaries.initdb, ['-D', draft, ...locale, ...login, '--no-sync', '--no-instructions'], {
      as,
      env,
    })
    const single = (name: string, sql: string): Promise<string> =>
      runCommand(binaries.postgres, ['--single', '-j', '-D', draft, name], { as, env, input: `${sql};\n\n` })
    await single('postgres', `CREATE DATABASE ${database}`)
    await single(database, 'CREATE SCHEMA proofload;\nCREATE EXTENSION pg_stat_statements SCHEMA proofload')
    await writeFile(join(draft, 'proofload.password'), password, { mode: 0o600 })
    await rename(draft, folder)
  } catch (thrown) {
    if (!existsSync(folder)) throw thrown
  } finally {
    await rm(making, { recursive: true, force: true })
    supervisor.removeFolder(making)
  }
}

interface CopyOptions {
  readonly to: string
  readonly as: RunAs
  readonly supervisor: Supervisor
}

/** Copies the template to a new data folder that belongs to the user who runs PostgreSQL. */
export async function copyTemplate(from: Template, { to, as, supervisor }: CopyOptions): Promise<void> {
  if (process.platform === 'win32') {
    await cp(from.folder, to, { recursive: true })
    return
  }
  await mkdir(to, { mode: 0o700 })
  await give(to, as)
  const data = join(to, 'data')
  await runCommand('cp', ['-Rp', from.folder, data], { as: { label: 'self' }, env: supervisor.envOf('template') })
  await chmod(data, 0o700)
  await rm(join(data, 'proofload.password'), { force: true })
}

async function give(path: string, { uid, gid }: RunAs): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid)
}
