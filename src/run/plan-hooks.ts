import { captureConsole } from '../base/capture-console.ts'
import type { LogLevel } from '../base/capture-console.ts'
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
  /** Aborted when the user does not want to wait any longer. */
  readonly hurry: AbortSignal
  /** What the hook prints: as in a scenario it goes to the record, where secrets are masked. */
  readonly log: (level: LogLevel, text: string) => void
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

/** What a hook gets to end by itself once nobody waits for it any more. */
const patienceMs = 3000

/** A hook that is deaf to its signal does not hold up the end of the run. */
async function whileWanted<T>(hook: string, work: T | Promise<T>, unwanted: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let begin = (): void => undefined
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = (): void =>
      reject(
        new ToolError('SETUP_FAILED', `The plan's \`${hook}\` did not end within ${patienceMs / 1000} s of its signal.`, {
          hint: `Pass \`signal\` on to what it waits for, or end when it is aborted.`,
        }),
      )
    begin = () => (timer = setTimeout(giveUp, patienceMs))
  })
  if (unwanted.aborted) begin()
  else unwanted.addEventListener('abort', begin, { once: true })
  try {
    return await Promise.race([work, givenUp])
  } finally {
    clearTimeout(timer)
    unwanted.removeEventListener('abort', begin)
  }
}

async function withHttp<T>(
  { spec, signal, hurry, log }: HookContext,
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
  const releaseConsole = captureConsole(log, () => performance.now())
  try {
    return await whileWanted(hook, body(user.context), AbortSignal.any([signal, hurry]))
  } catch (error) {
    if (error instanceof ToolError) throw error
    throw new ToolError('SETUP_FAILED', `The plan's \`${hook}\` failed: ${messageOf(error)}`, {
      hint: error instanceof Error && error.stack !== undefined ? error.stack.split('\n').slice(1, 4).join('\n') : '',
      cause: error,
    })
  } finally {
    releaseConsole()
    user.close()
    worker.closeAll()
  }
}
