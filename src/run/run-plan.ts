import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunData } from '../analysis/index.ts'
import { createRunData } from '../analysis/index.ts'
import { withDiskFull } from '../base/disk-full.ts'
import { keepCoresAwake } from '../base/idle-cores.ts'
import { ToolError, messageOf } from '../base/errors.ts'
import { maskError } from '../base/secrets.ts'
import type { RunHeader } from '../model/run-header.ts'
import type { RunResult } from '../model/run-result.ts'
import { recordSchema, workerProtocolVersion } from '../model/schema-version.ts'
import { withNemesis } from '../plan/index.ts'
import { judgeRun } from '../verdicts/index.ts'
import { listenForInterrupt } from './interrupt.ts'
import { describeMachine } from './machine.ts'
import type { RunObserver } from './observer.ts'
import { prepareOutFolder } from './out-folder.ts'
import { createGenerator } from './generator.ts'
import { GeneratorPriority, wantsRealTime } from './generator-priority.ts'
import { runTest } from './run-test.ts'
import { listenForStop, refuseWhenHalted } from './outside-stop.ts'
import type { LoadedPlan } from './prepare-plan.ts'
import type { RecordWriter } from './record-writer.ts'
import { createRecordWriter } from './record-writer.ts'
import type { UnfinishedRun } from './resume.ts'
import { reopenRun } from './resume.ts'
import { startRunClock } from './run-clock.ts'
import type { Session } from './session.ts'
import { createSession } from './session.ts'
import { createSurroundings } from './surroundings.ts'
import { withTasks } from './task-runner.ts'
import type { WorkerHost } from './worker-host.ts'
import { startWorkers } from './worker-host.ts'

export interface RunOptions {
  readonly plan: LoadedPlan
  readonly outFolder: string
  readonly seed: number
  readonly workers: number
  /** The command that runs it again. */
  readonly command: string
  readonly debug: boolean
  /** Idle cores are left alone, as slow as they wake up. */
  readonly coresMaySleep?: boolean
  /** The generator's threads are given no real-time priority. */
  readonly normalPriority?: boolean
  readonly observer: RunObserver
  /** Ends the run as the first Ctrl-C does. */
  readonly signal?: AbortSignal
  /** Goes on in the record of this run instead of beginning one. */
  readonly resume?: UnfinishedRun
  /** A temporary folder of the caller's, to be removed if we are killed before the caller can. */
  readonly scratch?: string
}

export interface RunOutcome {
  readonly result: RunResult
  readonly folder: string
  /** What ended the run early, for the screen. */
  readonly error?: unknown
}

/**
 * Runs a plan from its services to its verdict. Whatever was started is stopped when this returns, after success, failure and Ctrl-C alike;
 * a judged result comes back in every case in which the record could be begun.
 * @throws ToolError OUT_UNUSABLE, HALTED before anything was started.
 */
export async function runPlan(options: RunOptions): Promise<RunOutcome> {
  refuseWhenHalted()
  const cores = options.coresMaySleep === true ? undefined : keepCoresAwake()
  try {
    return await runOnce({
      ...options,
      plan: withNemeses(options.plan, options.seed),
      coresAwake: cores?.awake ?? false,
      realtime: options.normalPriority !== true && wantsRealTime({ spec: options.plan.spec, workers: options.workers }),
    })
  } finally {
    cores?.release()
  }
}

interface OnceOptions extends RunOptions {
  readonly coresAwake: boolean
  readonly realtime: boolean
}

async function runOnce(options: OnceOptions): Promise<RunOutcome> {
  const { plan, observer } = options
  const secrets = new Set(plan.secrets)
  const { folder, record, data, header, session, startedAt } = options.resume
    ? goOn(options.resume, options, secrets)
    : begin(options, secrets)

  const stop = (): void => session.end('interrupted')
  options.signal?.addEventListener('abort', stop, { once: true })
  const interrupts = listenForInterrupt((count) => (count === 1 ? session.end('interrupted') : session.hurry()))
  const outside = listenForStop({ plan: plan.spec.name, folder, startedAt }, session)
  try {
    await perform(options, { session, folder, secrets }).catch((thrown: unknown) => {
      const error = withDiskFull(thrown)
      // What fails after the wish to end is its consequence: the reason to end stays the first one.
      if (session.ending() === undefined) session.end(isDiskFull(error) ? 'stopped' : 'error', error)
      else session.emit({ kind: 'log', level: 'warn', text: messageOf(error) })
    })
    const ending = session.ending()
    if (ending?.error !== undefined) session.emit({ kind: 'error', ...describeError(ending.error) })
    session.emit({ kind: 'run-ended', reason: ending?.reason ?? 'completed' })
  } finally {
    record.close()
    interrupts.recordClosed()
    outside.runEnded()
    options.signal?.removeEventListener('abort', stop)
  }
  let result: RunResult
  try {
    result = judgeRun(data)
    await observer.onResult?.({ header, data, result, folder })
  } finally {
    interrupts.dispose()
    outside.dispose()
  }
  const error = maskError(session.ending()?.error, [...secrets])
  return error === undefined ? { result, folder } : { result, folder, error }
}

/** What each nemesis will do is known before the run begins, and stands in its record. */
function withNemeses(plan: LoadedPlan, seed: number): LoadedPlan {
  return { ...plan, spec: { ...plan.spec, tests: plan.spec.tests.map((test) => withNemesis(test, seed)) } }
}

interface OpenedRun {
  readonly folder: string
  readonly record: RecordWriter
  readonly header: RunHeader
  readonly data: RunData
  readonly session: Session
  readonly startedAt: string
}

function begin(options: OnceOptions, secrets: Set<string>): OpenedRun {
  const { plan, seed, workers, command, observer } = options
  const folder = prepareOutFolder(options.outFolder)
  const record = createRecordWriter(folder, secrets)
  const startedAt = new Date().toISOString()
  const clock = startRunClock()
  const header = record.header({
    schema: recordSchema,
    plan: plan.spec,
    seed,
    startedAt,
    workers,
    machine: { ...describeMachine(), coresAwake: options.coresAwake, realtimeGenerator: options.realtime },
    command,
  })
  const data = createRunData(header)
  const session = createSession({ clock, data, record, observer })
  observer.onHeader?.(header, folder)
  session.emit({ kind: 'run-started', schema: recordSchema, startedAt }, 0)
  return { folder, record, header, data, session, startedAt }
}

/** The clock goes on after the last second of the first part, so that both stand on one axis. */
function goOn(run: UnfinishedRun, { observer }: RunOptions, secrets: Set<string>): OpenedRun {
  const { folder, header, data } = run
  reopenRun(run)
  const record = createRecordWriter(folder, secrets)
  const startedAt = new Date().toISOString()
  const session = createSession({ clock: startRunClock(Math.ceil(data.lastSec) + 1), data, record, observer })
  observer.onHeader?.(header, folder)
  session.emit({ kind: 'run-resumed', startedAt })
  return { folder, record, header, data, session, startedAt }
}

interface RunContext {
  readonly session: Session
  readonly folder: string
  readonly secrets: Set<string>
}

async function perform(options: OnceOptions, context: RunContext): Promise<void> {
  const { session, folder, secrets } = context
  const { plan } = options
  const surroundings = createSurroundings({
    plan,
    folder,
    session,
    secrets,
    ...(options.scratch === undefined ? {} : { scratch: options.scratch }),
  })
  const bundle = join(folder, 'plan.bundle.mjs')
  copyFileSync(plan.bundle, bundle)
  const observer = {
    started: (title: string) => session.emit({ kind: 'task-started', title }),
    ended: (title: string, error?: string) =>
      session.emit({ kind: 'task-ended', title, ...(error === undefined ? {} : { error }) }),
  }

  let workers: WorkerHost | undefined
  let priority: GeneratorPriority | undefined
  const generator = createGenerator(
    () => {
      if (workers === undefined) throw new ToolError('INTERNAL', 'The generator is not running.')
      return workers
    },
    session,
    () => surroundings.routes(),
  )
  const startThreads = {
    title: 'generator',
    setup: async () => {
      const shared = await surroundings.shared()
      const inits = Array.from({ length: options.workers }, (_, worker) => ({
        protocol: workerProtocolVersion,
        worker,
        workers: options.workers,
        bundle,
        plan: plan.spec,
        seed: options.seed,
        shared,
        services: surroundings.services(),
        secrets: [...secrets],
        runStartNs: session.clock.startNs,
        realtime: options.realtime,
        debug: options.debug,
      }))
      const host = await startWorkers(inits, {
        message: generator.message,
        crashed: (worker, error) =>
          session.end('error', new ToolError('INTERNAL', `Worker ${worker} crashed: ${error.message}`, { cause: error })),
      })
      workers = host
      priority = new GeneratorPriority(host.threadIds)
      return () => host.stop()
    },
  }

  await withTasks([...surroundings.tasks, startThreads], observer, async () => {
    const ended = (): boolean => session.signal.aborted
    for (const test of plan.spec.tests) {
      if (ended()) return
      // Of a resumed run: done in its first part.
      if (session.data.test(test.name)?.end === 'completed') continue
      await surroundings.beforeTest(test)
      if (workers === undefined || ended()) return
      priority?.before(test)
      const reason = await runTest(test, { generator, session, surroundings, debug: options.debug })
      await surroundings.afterTest(test)
      if (reason === 'completed') await surroundings.audit(test)
      if (reason !== 'completed') return
    }
  })
}

function isDiskFull(error: unknown): boolean {
  return error instanceof ToolError && error.code === 'DISK_FULL'
}

function describeError(error: unknown): { code: string; text: string } {
  if (error instanceof ToolError)
    return { code: error.code, text: error.hint === undefined ? error.message : `${error.message} ${error.hint}` }
  return { code: 'INTERNAL', text: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
