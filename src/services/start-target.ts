import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ToolError, messageOf } from '../base/errors.ts'
import { commandLineOf, listenerOf, readStat } from '../base/process-table.ts'
import type { LimitsSpec } from '../model/limits-spec.ts'
import type { TargetSpec } from '../model/plan-spec.ts'
import type { LimitResult } from '../model/run-result.ts'
import { endProcesses } from './end-processes.ts'
import type { WatchedProcess } from './journal.ts'
import { folderPrefix, removeFolder } from './journal.ts'
import type { LaidLimits } from './limits/index.ts'
import { layLimits } from './limits/index.ts'
import { lastLinesOf, maskFile } from './output-file.ts'
import { addressOf, askOnce, connectOnce } from './ready.ts'
import type { Supervisor } from './supervisor.ts'

export interface TargetOptions {
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Where the target's output goes. Its process writes there itself: that costs the generator nothing and can never block the target. */
  readonly outFile: string
  readonly supervisor: Supervisor
  /** Gives up waiting. */
  readonly signal?: AbortSignal
  /** Taken out of the last lines and, after the end, out of the output file. */
  readonly secrets?: readonly string[]
  /** Laid on the target's processes before the command runs. */
  readonly limits?: LimitsSpec
  /** What it is called in messages and in the journal; default: the target. */
  readonly called?: Called
}

/** The target is not the only command that a plan starts. */
export interface Called {
  /** `target`, or `service payments`. */
  readonly title: string
  /** Path of its options in the plan. */
  readonly path: string
  readonly code: 'TARGET_NOT_STARTED' | 'SERVICE_NOT_STARTED'
}

const theTarget: Called = { title: 'target', path: 'target', code: 'TARGET_NOT_STARTED' }

export interface TargetExit {
  readonly code: number | null
  readonly signal: string | null
  readonly lastLines: readonly string[]
}

export interface RunningTarget {
  /** Absent when only a URL is known. */
  readonly pid?: number
  /** From the start of the command until it was ready; 0 when attached. */
  readonly startupSec: number
  /** What was asked for and what this machine has set; empty without limits. */
  readonly limits: readonly LimitResult[]
  /** Settles when the target's first process ends, for whatever reason. For a target that is not ours: when its pid disappears. */
  readonly exited: Promise<TargetExit>
  /** Ends the whole process tree, and answers when nothing of it lives. An attached target is left alone. */
  stop(): Promise<void>
}

/** Starts or finds the target and waits until it is ready. Throws TARGET_NOT_STARTED with the last lines of its output. */
export async function startTarget(spec: TargetSpec, options: TargetOptions): Promise<RunningTarget> {
  if (spec.start === undefined) return attachTarget(spec, options)
  if (spec.url !== undefined) await refuseTakenPort(spec.url, options.called ?? theTarget)
  const startedMs = performance.now()
  const process = await launch(spec, spec.start, options)
  try {
    await waitUntilReady(spec, options, process.exited)
  } catch (thrown) {
    await process.stop()
    throw thrown
  }
  const startupSec = (performance.now() - startedMs) / 1000
  const { limits, ...running } = process
  return { ...running, limits: await limits(), startupSec }
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

type Launched = Omit<RunningTarget, 'startupSec' | 'limits'> & {
  readonly pid: number
  limits: () => Promise<readonly LimitResult[]>
}

async function launch(spec: TargetSpec, words: readonly string[], options: TargetOptions): Promise<Launched> {
  const { supervisor, outFile, secrets = [], called = theTarget } = options
  const { title } = called
  const part = `target-${randomUUID()}`
  const laid = limited(words, options, part)
  const [command = '', ...args] = laid?.words ?? words
  const output = openSync(outFile, 'a')
  let child: ChildProcess
  try {
    child = spawn(command, args, {
      cwd: spec.cwd,
      env: { ...process.env, ...options.env, ...laid?.env, ...supervisor.envOf(part) },
      detached: true,
      stdio: ['ignore', output, output],
    })
    await started(child)
  } catch (thrown) {
    removeGroups(laid, supervisor)
    throw new ToolError(
      called.code,
      `The ${title}'s command \`${words.join(' ')}\` cannot be started in ${spec.cwd}: ${messageOf(thrown)}.`,
      {
        where: `${called.path}.start`,
        hint: 'Check the command and the folder; `cwd` sets the folder.',
        cause: thrown,
      },
    )
  } finally {
    closeSync(output)
  }
  const { pid = 0 } = child
  supervisor.addProcess({ title, pid })
  const watched: WatchedProcess = { title, pid, startTicks: readStat(pid)?.startTicks ?? null, signal: 'SIGTERM' }
  const exited = new Promise<TargetExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, lastLines: lastLinesOf(outFile, secrets) }))
  })
  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    const left = await endProcesses({
      processes: [watched],
      mark: { runId: supervisor.runId, part },
      graceMs: spec.stopTimeoutSec * 1000,
    })
    if (left.length === 0) supervisor.removeProcess(pid)
    removeGroups(laid, supervisor)
    maskFile(outFile, secrets)
  }
  return { pid, exited, limits: () => laid?.verify(pid) ?? Promise.resolve([]), stop: () => (stopping ??= stop()) }
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

async function waitUntilReady(spec: TargetSpec, options: TargetOptions, exited: Promise<TargetExit>): Promise<void> {
  const ended = new AbortController()
  const signal = AbortSignal.any([ended.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const died = exited.then((exit) => {
    throw diedEarly(spec, exit, options.called ?? theTarget)
  })
  try {
    await Promise.race([died, poll(spec, options, signal)])
  } finally {
    ended.abort()
    died.catch(() => undefined)
  }
}

function diedEarly(spec: TargetSpec, { code, signal, lastLines }: TargetExit, called: Called): ToolError {
  const how = signal === null ? `with status ${code ?? 'unknown'}` : `by ${signal}`
  const last = lastLines.length === 0 ? ' It wrote nothing.' : ` Its last lines:\n${lastLines.join('\n')}`
  return new ToolError(
    called.code,
    `The ${called.title} \`${(spec.start ?? []).join(' ')}\` ended ${how} before it was ready.${last}`,
    { where: `${called.path}.start` },
  )
}

async function poll(spec: TargetSpec, options: TargetOptions, signal: AbortSignal): Promise<void> {
  const ask = readiness(spec)
  if (ask === undefined) return
  const deadline = performance.now() + spec.readyTimeoutSec * 1000
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const answer = await ask.once(signal)
    if (answer === '') return
    if (options.signal?.aborted === true)
      throw new ToolError('INTERRUPTED', `Interrupted while waiting for the ${(options.called ?? theTarget).title} to be ready.`)
    if (signal.aborted) return
    if (performance.now() >= deadline) throw notReady(spec, ask.text, answer, options)
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

/** What tells that the target is ready: its `ready` page, else an open port, else nothing. */
function readiness({ url, ready }: TargetSpec): { text: string; once: (signal: AbortSignal) => Promise<string> } | undefined {
  if (ready !== undefined) {
    const page = new URL(ready, url)
    return { text: `an answer below 400 from ${page.href}`, once: (signal) => askOnce(page, signal) }
  }
  if (url === undefined) return undefined
  const { host, port } = addressOf(url)
  return { text: `a connection to ${host}:${port}`, once: () => connectOnce({ host, port }) }
}

function notReady(spec: TargetSpec, expected: string, got: string, options: TargetOptions): ToolError {
  const { called = theTarget, outFile, secrets } = options
  const lastLines = lastLinesOf(outFile, secrets)
  const last = lastLines.length === 0 ? '' : ` Its last lines:\n${lastLines.join('\n')}`
  return new ToolError(called.code, `Expected ${expected} within ${spec.readyTimeoutSec} s, got: ${got}.${last}`, {
    where: `${called.path}.${spec.ready === undefined ? 'url' : 'ready'}`,
    hint: 'If the target needs longer, raise `readyTimeout`.',
  })
}

async function attachTarget(spec: TargetSpec, options: TargetOptions): Promise<RunningTarget> {
  const never = new Promise<TargetExit>(() => undefined)
  const pid = attachedPid(spec)
  await waitUntilReady(spec, options, never)
  if (pid === undefined) return { startupSec: 0, limits: [], exited: never, stop: () => Promise.resolve() }
  const { exited, stop } = watchPid(pid)
  return { pid, startupSec: 0, limits: [], exited, stop }
}

function attachedPid({ attach }: TargetSpec): number | undefined {
  if (attach === undefined) return undefined
  if ('port' in attach) {
    const pid = listenerOf(attach.port)
    if (pid !== undefined) return pid
    throw new ToolError(
      'TARGET_NOT_STARTED',
      `Expected a process that listens on port ${attach.port} (\`target.attach.port\`), found none that this user can see.`,
      {
        where: 'target.attach.port',
        hint: 'Start it first, or run proofload as the user that owns it.',
      },
    )
  }
  if (isRunning(attach.pid)) return attach.pid
  throw new ToolError(
    'TARGET_NOT_STARTED',
    `Expected process ${attach.pid} (\`target.attach.pid\`) to run, but there is no such process.`,
    { where: 'target.attach.pid' },
  )
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}

/** A process that is not our child says nothing when it ends, so it is looked at twice a second. */
function watchPid(pid: number): Pick<RunningTarget, 'exited' | 'stop'> {
  const startTicks = readStat(pid)?.startTicks
  let timer: NodeJS.Timeout | undefined
  const exited = new Promise<TargetExit>((resolve) => {
    timer = setInterval(() => {
      if (isRunning(pid) && readStat(pid)?.startTicks === startTicks && readStat(pid)?.state !== 'Z') return
      clearInterval(timer)
      resolve({ code: null, signal: null, lastLines: [] })
    }, 500)
    timer.unref()
  })
  return { exited, stop: () => Promise.resolve(clearInterval(timer)) }
}
