import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ToolError, messageOf } from '../../base/errors.ts'
import type { PostgresSpec } from '../../model/plan-spec.ts'
import { OwnProcess } from '../controlled-process.ts'
import { freePort } from '../free-port.ts'
import { folderPrefix } from '../journal.ts'
import { lastLinesOf } from '../output-file.ts'
import type { RunningService, ServiceOptions } from '../running-service.ts'
import type { Supervisor } from '../supervisor.ts'
import type { Binaries } from './binaries.ts'
import { preparedBinaries } from './binaries.ts'
import type { Template } from './cluster.ts'
import { copyTemplate, database, superuser, template } from './cluster.ts'
import { ids } from './run-command.ts'
import { runSetup } from './run-setup.ts'
import { templateDatabase } from './template-database.ts'
import { versionOf } from './use-database.ts'
import type { RunAs } from './user.ts'
import { runAs } from './user.ts'

const readyMs = 30_000
const stopMs = 5000

interface Prepared {
  readonly as: RunAs
  readonly binaries: Binaries
  readonly template: Template
}

/** A PostgreSQL of our own on a free port of 127.0.0.1, in a temporary data folder that goes away with it. Durable as by default (fsync is on). */
export async function startPostgres(name: string, spec: PostgresSpec, options: ServiceOptions): Promise<RunningService> {
  const where = `services.${name}`
  const prepared = await prepare(where, options.supervisor)
  const folder = join(dirname(prepared.binaries.folder), `${folderPrefix}database-${randomBytes(6).toString('hex')}`)
  options.supervisor.addFolder(folder)
  const removeData = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    options.supervisor.removeFolder(folder)
  }
  try {
    await copyTemplate(prepared.template, { to: folder, as: prepared.as, supervisor: options.supervisor })
    const service = await start({ name, spec, options, prepared, folder })
    try {
      if (spec.setup !== undefined) await runSetup(name, service.url, spec.setup)
    } catch (thrown) {
      await service.stop()
      throw thrown
    }
    const stop = async (): Promise<void> => {
      await service.stop()
      await removeData()
    }
    let stopping: Promise<void> | undefined
    return { ...service, stop: () => (stopping ??= stop()) }
  } catch (thrown) {
    await removeData()
    if (thrown instanceof ToolError) throw thrown
    throw new ToolError('SERVICE_NOT_STARTED', `PostgreSQL for \`${where}\` could not be started: ${messageOf(thrown)}.`, {
      where,
      cause: thrown,
    })
  }
}

async function prepare(where: string, supervisor: Supervisor): Promise<Prepared> {
  try {
    const as = runAs()
    const binaries = await preparedBinaries(as, supervisor)
    return { as, binaries, template: await template(binaries, as, supervisor) }
  } catch (thrown) {
    throw new ToolError('SERVICE_NOT_STARTED', `PostgreSQL for \`${where}\` cannot be prepared: ${messageOf(thrown)}.`, {
      where,
      hint: 'Use a database that runs already: `service.postgres({ urlFromEnv: "DATABASE_URL" })`.',
      cause: thrown,
    })
  }
}

/** The plan's settings come last, so that they win. */
function settings(spec: PostgresSpec, port: number): string[] {
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // One more for the probe, and none set aside: the plan's number is what the target can have.
    max_connections: String(spec.maxConnections + 1),
    superuser_reserved_connections: '0',
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.track': 'all',
    logging_collector: 'off',
    ...spec.settings,
  }
  return Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`])
}

interface Launch {
  readonly name: string
  readonly spec: PostgresSpec
  readonly options: ServiceOptions
  readonly prepared: Prepared
  readonly folder: string
}

type Exit = Awaited<RunningService['exited']>

async function start({ name, spec, options, prepared, folder }: Launch): Promise<RunningService> {
  const { supervisor, outFile, signal } = options
  const { binaries, as } = prepared
  const { password } = prepared.template
  // Kept when it is started again: whoever uses the database knows it there.
  const port = await freePort()
  const url = `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`
  const part = `${name}-${randomUUID()}`
  let version = ''
  const own = new OwnProcess<Exit>({
    supervisor,
    title: `service ${name}`,
    part,
    endSignal: 'SIGINT',
    graceMs: stopMs,
    async launch() {
      const output = openSync(outFile, 'a')
      const child = spawn(binaries.postgres, ['-D', join(folder, 'data'), ...settings(spec, port)], {
        ...ids(as),
        cwd: '/',
        env: { ...process.env, LC_ALL: 'C', TZ: 'UTC', ...supervisor.envOf(part) },
        detached: true,
        stdio: ['ignore', output, output],
      })
      closeSync(output)
      const exited = once(child, 'exit').then(() => ({ lastLines: lastLinesOf(outFile) }))
      exited.catch(() => undefined)
      await once(child, 'spawn')
      return { pid: child.pid ?? 0, exited }
    },
    untilReady: async ({ exited }) => void (version = await waitUntilReady({ url, name, outFile, exited, signal })),
    signal,
    onStartedAgain: options.onStartedAgain,
  })
  await own.start()
  return {
    name,
    url,
    pid: own.pid() ?? 0,
    process: own,
    data: templateDatabase({ name, url, process: own }),
    version,
    secrets: [password],
    exited: own.exited,
    stop: () => own.stop(),
  }
}

interface Wait {
  readonly url: string
  readonly name: string
  readonly outFile: string
  readonly exited: Promise<unknown>
  readonly signal: AbortSignal | undefined
}

async function waitUntilReady({ url, name, outFile, exited, signal }: Wait): Promise<string> {
  const end = new AbortController()
  void exited.then(() => end.abort())
  const deadline = performance.now() + readyMs
  for (;;) {
    try {
      return await versionOf(url)
    } catch (thrown) {
      if (signal?.aborted === true) throw new ToolError('INTERRUPTED', `Interrupted while waiting for the service \`${name}\`.`)
      if (end.signal.aborted) throw failed(name, 'ended before it was ready', outFile)
      if (performance.now() > deadline)
        throw failed(name, `was not ready within ${readyMs / 1000} s (${messageOf(thrown)})`, outFile)
    }
    await sleep(25)
  }
}

function failed(name: string, what: string, outFile: string): ToolError {
  const where = `services.${name}`
  return new ToolError(
    'SERVICE_NOT_STARTED',
    `PostgreSQL for \`${where}\` ${what}. Its last lines:\n${lastLinesOf(outFile).join('\n')}`,
    {
      where,
      hint: 'Most often a value in `settings` that this PostgreSQL does not accept.',
    },
  )
}
