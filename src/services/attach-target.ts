import { ToolError } from '../base/errors.ts'
import { listenerOf } from '../base/process-table.ts'
import type { TargetSpec } from '../model/plan-spec.ts'
import type { ControlledProcess } from './controlled-process.ts'
import { namedProcess } from './controlled-process.ts'
import type { RunningTarget, TargetExit, TargetOptions } from './running-target.ts'
import { waitUntilReady } from './target-ready.ts'

/** Finds a target that runs already. It is never stopped by us. */
export async function attachTarget(spec: TargetSpec, options: TargetOptions): Promise<RunningTarget> {
  const never = new Promise<TargetExit>(() => undefined)
  const pid = attachedPid(spec)
  await waitUntilReady(spec, options, never)
  if (pid === undefined) return { pid, startupSec: 0, limits: [], exited: never, stop: () => Promise.resolve() }
  const watched = new AttachedProcess(pid, spec)
  return {
    get pid() {
      return watched.pid()
    },
    process: watched,
    startupSec: 0,
    limits: [],
    exited: watched.exited,
    stop: () => Promise.resolve(watched.forget()),
  }
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

/** Between two looks whether it is still there. */
const lookMs = 500

/** A process that is not our child says nothing when it ends, so it is looked at. Whoever listens on its port after it is taken for the same. */
class AttachedProcess implements ControlledProcess {
  readonly isOurs = false
  readonly endSignal = 'SIGTERM'
  readonly exited: Promise<TargetExit>
  readonly #port: number | undefined
  readonly #timer: NodeJS.Timeout
  #named: ControlledProcess
  #expected = 0

  constructor(pid: number, { attach }: TargetSpec) {
    this.#named = namedProcess(pid)
    this.#port = attach !== undefined && 'port' in attach ? attach.port : undefined
    let resolve: (exit: TargetExit) => void = () => undefined
    this.exited = new Promise((settle) => (resolve = settle))
    this.#timer = setInterval(() => {
      if (this.pid() !== undefined || this.#expected > 0) return
      clearInterval(this.#timer)
      resolve({ code: null, signal: null, lastLines: [] })
    }, lookMs)
    this.#timer.unref()
  }

  pid(): number | undefined {
    const now = this.#named.pid()
    if (now !== undefined || this.#port === undefined) return now
    const next = listenerOf(this.#port)
    if (next === undefined) return undefined
    this.#named = namedProcess(next)
    return next
  }

  tree(): readonly number[] {
    return this.#named.tree()
  }

  expectDeath(): { dispose(): void } {
    this.#expected += 1
    let disposed = false
    return {
      dispose: () => {
        if (!disposed) this.#expected -= 1
        disposed = true
      },
    }
  }

  start(): Promise<void> {
    return this.#named.start()
  }

  forget(): void {
    clearInterval(this.#timer)
  }
}
