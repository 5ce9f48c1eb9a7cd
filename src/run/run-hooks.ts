import { ToolError } from '../base/errors.ts'
import { shortestSecret } from '../base/secrets.ts'
import { openFinalAudit } from './final-audit.ts'
import type { HookContext } from './plan-hooks.ts'
import { runAudit, runAuditCount, runSetup, runTeardown } from './plan-hooks.ts'
import type { LoadedPlan } from './prepare-plan.ts'
import type { Session } from './session.ts'
import type { Task } from './task-runner.ts'

/** What the plan's own functions do around its tests. */
export interface RunHooks {
  /** `setup`, and `teardown` in the end. */
  readonly task: Task
  /** What `setup` returned. */
  shared(): unknown
  /** Reads what is there after a test whose scenarios keep an audit. */
  audit(test: string): Promise<void>
  /** What the target's own log of failed log-ins has. */
  auditCount(attack: string): Promise<number>
  /** By which a rate limiter tells its clients apart. @throws ToolError when they are no texts */
  limiterValues(name: string): Promise<readonly string[]>
}

export interface RunHooksOptions {
  readonly plan: LoadedPlan
  readonly session: Session
  readonly services: () => Readonly<Record<string, { readonly url: string }>>
  /** Grows with the values of limiters. */
  readonly secrets: Set<string>
}

/** Longest time for the plan's `audit`: to read a million ids page by page takes a minute. */
const auditMs = 300_000
/** Longest time for its `teardown`, of a run that was ended too. */
const teardownMs = 60_000

export function createRunHooks({ plan, session, services, secrets }: RunHooksOptions): RunHooks {
  const { spec, code } = plan
  let shared: unknown
  const context = (signal = session.signal): HookContext => ({
    spec,
    services: services(),
    signal,
    hurry: session.hurrySignal,
    log: (level, text) => session.emit({ kind: 'log', level, text }),
    audit: (hook) => openFinalAudit(session, hook),
  })
  return {
    task: {
      title: 'setup of the plan',
      setup: async () => {
        shared = await runSetup(code, context())
        return () => runTeardown(code, context(AbortSignal.timeout(teardownMs)), shared)
      },
    },
    shared: () => shared,
    async audit(test) {
      if (!session.data.audit.tests.has(test)) return
      const signal = AbortSignal.any([session.signal, AbortSignal.timeout(auditMs)])
      await runAudit(code, context(signal), { test, shared })
    },
    auditCount: (attack) => runAuditCount(code, context(), { attack, shared }),
    async limiterValues(name) {
      const values = await code.limiterValues?.[name]?.({ shared })
      if (!Array.isArray(values) || !values.every((value) => typeof value === 'string'))
        throw new ToolError('PLAN_INVALID', `Expected \`limiters.${name}.key.values\` to give a list of texts`)
      for (const value of values) if (value.length >= shortestSecret) secrets.add(value)
      return values
    },
  }
}
