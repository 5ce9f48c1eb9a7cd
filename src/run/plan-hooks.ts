import { ToolError, messageOf } from '../base/errors.ts'
import type { PlanSpec } from '../model/plan-spec.ts'
import type { PlanCode } from '../plan/index.ts'
import { allowedHosts } from '../plan/index.ts'
import type { ExchangeObserver } from '../protocols/index.ts'
import { createHostRule, createHttpWorker } from '../protocols/http1/index.ts'

/** Requests of `setup` and `teardown` are not measured. */
const unmeasured: ExchangeObserver = {
  started: () => undefined,
  heard: () => undefined,
  ended: () => undefined,
  waiting: () => undefined,
}

export interface HookContext {
  readonly spec: PlanSpec
  readonly services: Readonly<Record<string, { readonly url: string }>>
  readonly signal: AbortSignal
}

/**
 * Runs the plan's `setup` and gives what it returned, as it will reach the users: through a structured clone.
 * @throws ToolError SETUP_FAILED
 */
export async function runSetup(code: PlanCode, context: HookContext): Promise<unknown> {
  const { setup } = code
  if (setup === undefined) return undefined
  const value = await withHttp(context, 'setup', (http) => setup({ http, services: context.services, signal: context.signal }))
  try {
    return structuredClone(value)
  } catch (error) {
    throw new ToolError(
      'SETUP_FAILED',
      `Expected the value of the plan's \`setup\` to be plain data (it goes to the generator's threads), but ${messageOf(error)}`,
      { cause: error },
    )
  }
}

export async function runTeardown(code: PlanCode, context: HookContext, shared: unknown): Promise<void> {
  const { teardown } = code
  if (teardown === undefined) return
  await withHttp(context, 'teardown', (http) => teardown({ http, services: context.services, signal: context.signal, shared }))
}

async function withHttp<T>(
  { spec }: HookContext,
  hook: string,
  body: (http: Parameters<NonNullable<PlanCode['setup']>>[0]['http']) => T | Promise<T>,
): Promise<T> {
  const worker = createHttpWorker({
    spec: spec.http,
    ...(spec.target?.url === undefined ? {} : { baseUrl: spec.target.url }),
    hosts: createHostRule({ allowed: allowedHosts(spec) }),
    observer: unmeasured,
    now: () => performance.now(),
    localAddressOffset: 0,
  })
  const user = worker.user({ shared: false })
  try {
    return await body(user.context)
  } catch (error) {
    if (error instanceof ToolError) throw error
    throw new ToolError('SETUP_FAILED', `The plan's \`${hook}\` failed: ${messageOf(error)}`, {
      hint: error instanceof Error && error.stack !== undefined ? error.stack.split('\n').slice(1, 4).join('\n') : '',
      cause: error,
    })
  } finally {
    user.close()
    worker.closeAll()
  }
}
