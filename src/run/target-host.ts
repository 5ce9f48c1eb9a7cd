import { ToolError } from '../base/errors.ts'
import type { PreloadHost } from '../faults/index.ts'
import type { LimitsSpec } from '../model/limits-spec.ts'
import type { RunningTarget, Supervisor } from '../services/index.ts'
import { startTarget } from '../services/index.ts'
import type { LoadedPlan } from './prepare-plan.ts'
import type { Session } from './session.ts'

/** The target, which may be started several times in a run. */
export interface TargetHost {
  running(): RunningTarget | undefined
  start(how: {
    readonly limits: LimitsSpec | undefined
    readonly preload: PreloadHost | undefined
    /** Laid over its environment. */
    readonly env?: Readonly<Record<string, string>> | undefined
  }): Promise<void>
  stop(): Promise<void>
  /** Until it is disposed of, a target that dies is what was looked for, and not the end of the run. */
  survivesDeath(): Forgiveness
}

export interface Forgiveness {
  /** Called when the target dies. */
  onDeath: (() => void) | undefined
  dispose(): void
}

export interface TargetHostOptions {
  readonly plan: LoadedPlan
  readonly session: Session
  readonly outFile: string
  readonly secrets: ReadonlySet<string>
  readonly supervisor: () => Supervisor
  /** What its `env` is told of services and dependencies. */
  readonly addresses: () => Readonly<Record<string, { readonly url: string }>>
}

export function createTargetHost({ plan, session, outFile, secrets, supervisor, addresses }: TargetHostOptions): TargetHost {
  const { spec, code } = plan
  let target: RunningTarget | undefined
  let forgiveness: Forgiveness | undefined

  const died = (started: RunningTarget, { code: status, signal, lastLines }: Awaited<RunningTarget['exited']>): void => {
    if (target !== started) return
    session.emit({ kind: 'target-ended', code: status, signal, lastLines })
    if (forgiveness?.onDeath !== undefined) {
      forgiveness.onDeath()
      return
    }
    const how = signal === null ? `with status ${String(status)}` : `by ${signal}`
    const text = `The target ended ${how} during the run. ${lastWords(lastLines)}`
    session.end('target-died', new ToolError('TARGET_DIED', text, { hint: `All of its output: ${outFile}` }))
  }

  return {
    running: () => target,
    async start({ limits, preload, env }) {
      if (spec.target === undefined) return
      const started = await startTarget(spec.target, {
        env: { ...code.targetEnv?.(addresses()), ...env },
        outFile,
        supervisor: supervisor(),
        signal: session.signal,
        secrets: [...secrets],
        onStartedAgain: (again) => session.emit({ kind: 'target-ready', ...again }),
        ...(limits === undefined ? {} : { limits }),
        ...(preload === undefined ? {} : { preload: preload.settings }),
      })
      target = started
      const { pid, startupSec } = started
      session.emit({ kind: 'target-ready', ...(pid === undefined ? {} : { pid }), startupSec })
      void started.exited.then((exit) => died(started, exit))
    },
    async stop() {
      const stopping = target
      target = undefined
      await stopping?.stop()
    },
    survivesDeath() {
      const given: Forgiveness = {
        onDeath: undefined,
        dispose: () => {
          if (forgiveness === given) forgiveness = undefined
        },
      }
      forgiveness = given
      return given
    },
  }
}

/** What a process that ended by itself had to say. */
export function lastWords(lines: readonly string[]): string {
  if (lines.length === 0) return 'It had written nothing.'
  return `Its last lines:\n${lines.map((line) => `    ${line}`).join('\n')}`
}
