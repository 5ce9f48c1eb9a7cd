import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { ToolError, messageOf } from '../base/errors.ts'
import { commandLineOf, listenerOf } from '../base/process-table.ts'
import type { TargetSpec } from '../model/plan-spec.ts'
import { attachTarget } from './attach-target.ts'
import type { Life } from './controlled-process.ts'
import { OwnProcess } from './controlled-process.ts'
import { folderPrefix, removeFolder } from './journal.ts'
import type { LaidLimits } from './limits/index.ts'
import { layLimits } from './limits/index.ts'
import { lastLinesOf, maskFile } from './output-file.ts'
import { addressOf, connectOnce } from './ready.ts'
import type { Called, RunningTarget, TargetExit, TargetOptions } from './running-target.ts'
import { theTarget } from './running-target.ts'
import type { Supervisor } from './supervisor.ts'
import { waitUntilReady } from './target-ready.ts'

/** Starts or finds the target and waits until it is ready. Throws TARGET_NOT_STARTED with the last lines of its output. */
export async function startTarget(spec: TargetSpec, options: TargetOptions): Promise<RunningTarget> {
  if (spec.start === undefined) return attachTarget(spec, options)
  if (spec.url !== undefined) await refuseTakenPort(spec.url, options.called ?? theTarget)
  const startedMs = performance.now()
  const prepared = prepare(spec.start, options)
  const { supervisor, outFile, secrets = [], signal, called = theTarget } = options
  const { title } = called
  const own = new OwnProcess<TargetExit>({
    supervisor,
    title,
    part: prepared.part,
    endSignal: 'SIGTERM',
    graceMs: spec.stopTimeoutSec * 1000,
    launch: () => launch(spec, prepared, options),
    untilReady: ({ exited }) => waitUntilReady(spec, options, exited),
    signal,
    onStartedAgain: options.onStartedAgain,
  })
  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    await own.stop()
    removeGroups(prepared.laid, supervisor)
    maskFile(outFile, secrets)
  }
  try {
    await own.start()
  } catch (thrown) {
    await stop()
    throw thrown
  }
  const startupSec = (performance.now() - startedMs) / 1000
  return {
    get pid() {
      return own.pid()
    },
    process: own,
    startupSec,
    limits: (await prepared.laid?.verify(own.pid() ?? 0)) ?? [],
    exited: own.exited,
    stop: () => (stopping ??= stop()),
  }
}

async function refuseTakenPort(url: string, { title, path, code }: Called): Promise<void> {
  const { host, port } = addressOf(url)
  if ((await connectOnce({ host, port })) !== '') return
  const pid = listenerOf(port)
  const who = pid === undefined ? 'another process' : `process ${pid} (${commandLineOf(pid)})`
  throw new ToolError(
    code,
    `Expected port ${port} of \`${path}.url\` (${url}) to be free before the ${title} starts, but ${who} listens there.`,
    {
      where: `${path}.url`,
      hint:
        pid === undefined || title !== 'target'
          ? 'End that process, or use another port.'
          : `End process ${pid}, or use another port, or watch it with \`port: ${port}\` in \`target\` instead of \`start\`.`,
    },
  )
}

interface Prepared {
  /** As the plan has it. */
  readonly text: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly part: string
  readonly laid: LaidLimits | undefined
}

/** What is the same each time that it is started. */
function prepare(words: readonly string[], options: TargetOptions): Prepared {
  const part = `target-${randomUUID()}`
  const env = preloaded(options)
  const laid = limited(words, { ...options, env }, part)
  const [command = '', ...args] = laid?.words ?? words
  return { text: words.join(' '), command, args, env: { ...env, ...laid?.env, ...options.supervisor.envOf(part) }, part, laid }
}

/** Its own NODE_OPTIONS come first, and stay. */
function preloaded({ env = {}, preload }: TargetOptions): Readonly<Record<string, string>> {
  if (preload === undefined) return env
  const given = env['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS'] ?? ''
  return { ...env, ...preload.env, NODE_OPTIONS: `${given} ${preload.nodeOptions}`.trim() }
}

async function launch(
  spec: TargetSpec,
  { text, command, args, env }: Prepared,
  options: TargetOptions,
): Promise<Life<TargetExit>> {
  const { outFile, secrets = [], called = theTarget } = options
  const output = openSync(outFile, 'a')
  let child: ChildProcess
  try {
    child = spawn(command, args, {
      cwd: spec.cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', output, output],
    })
    await started(child)
  } catch (thrown) {
    throw new ToolError(
      called.code,
      `The ${called.title}'s command \`${text}\` cannot be started in ${spec.cwd}: ${messageOf(thrown)}.`,
      {
        where: `${called.path}.start`,
        hint: 'Check the command and the folder; `cwd` sets the folder.',
        cause: thrown,
      },
    )
  } finally {
    closeSync(output)
  }
  const exited = new Promise<TargetExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, lastLines: lastLinesOf(outFile, secrets) }))
  })
  return { pid: child.pid ?? 0, exited }
}

function limited(words: readonly string[], { limits, env, supervisor }: TargetOptions, part: string): LaidLimits | undefined {
  if (limits === undefined || Object.keys(limits).length === 0) return undefined
  return layLimits(words, limits, {
    env: { ...process.env, ...env },
    groupName: `${folderPrefix}${part}`,
    beforeGroup: (folder) => supervisor.addFolder(folder),
  })
}

function removeGroups(laid: LaidLimits | undefined, supervisor: Supervisor): void {
  for (const folder of laid?.groups ?? []) if (removeFolder(folder)) supervisor.removeFolder(folder)
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
}
