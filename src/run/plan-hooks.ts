import { describeValue } from '../base/check.ts'
import { captureConsole } from '../base/capture-console.ts'
import type { LogLevel } from '../base/capture-console.ts'
import { ToolError, messageOf } from '../base/errors.ts'
import type { PlanSpec } from '../model/plan-spec.ts'
import type { PlanCode, SetupContext } from '../plan/index.ts'
import { allowedHosts, databaseHosts } from '../plan/index.ts'
import type { AuditHook } from '../model/audit-record.ts'
import type { ExchangeObserver, ProtocolOwner } from '../protocols/index.ts'
import { createHttpWorker } from '../protocols/http1/index.ts'
import { createHostRule } from '../protocols/index.ts'
import { createSqlWorker } from '../protocols/sql/index.ts'
import type { OpenAudit } from './final-audit.ts'

/** Requests of `setup` and `teardown` are not measured. */
const unmeasured: ExchangeObserver = {
  started: () => undefined,
  heard: () => undefined,
  ended: () => undefined,
  waiting: () => undefined,
}

/** A hook asks for itself. */
const nobody: ProtocolOwner = {
  gone: false,
  goneError: () => new Error('the hook has ended'),
  resumes: () => undefined,
  threw: () => undefined,
  takeDue: () => NaN,
}

export interface HookContext {
  readonly spec: PlanSpec
  readonly services: Readonly<Record<string, { readonly url: string }>>
  readonly signal: AbortSignal
  /** Aborted when the user does not want to wait any longer. */
  readonly hurry: AbortSignal
  /** What the hook prints: as in a scenario it goes to the record, where secrets are masked. */
  readonly log: (level: LogLevel, text: string) => void
  /** Where what it finds is written down. */
  readonly audit: (hook: AuditHook) => OpenAudit
}

/**
 * Runs the plan's `setup` and gives what it returned, as it will reach the users: through a structured clone.
 * @throws ToolError SETUP_FAILED
 */
export async function runSetup(code: PlanCode, context: HookContext): Promise<unknown> {
  const { setup } = code
  if (setup === undefined) return undefined
  const value = await callHook(context, { hook: 'setup' }, setup)
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
  await callHook(context, { hook: 'teardown' }, (common) => teardown({ ...common, shared }))
}

/** Runs the plan's `audit` after a test. What goes wrong in it leaves the audit without an answer, and the run as it is. */
export async function runAudit(
  code: PlanCode,
  context: HookContext,
  { test, shared }: { test: string; shared: unknown },
): Promise<void> {
  const { audit } = code
  if (audit === undefined) return
  try {
    await callHook(context, { hook: 'audit', test }, (common) => audit({ ...common, shared, test }))
  } catch (error) {
    context.log('warn', messageOf(error))
  }
}

/** How many failed log-ins the target has noted by now. @throws ToolError when it does not tell */
export async function runAuditCount(
  code: PlanCode,
  context: HookContext,
  { attack, shared }: { attack: string; shared: unknown },
): Promise<number> {
  const { auditCount } = code
  if (auditCount === undefined) throw new ToolError('INTERNAL', 'The plan has no `auditCount`.')
  const count = await callHook(context, { hook: 'auditCount' }, (common) => auditCount({ ...common, shared, attack }))
  if (typeof count === 'number' && Number.isFinite(count)) return count
  throw new ToolError('SETUP_FAILED', `Expected the plan's \`auditCount\` to return a number, got ${describeValue(count)}`)
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

/** Calls a function of the plan with a client of its own, and writes down what it says about the data. */
async function callHook<T>(context: HookContext, where: AuditHook, body: (common: SetupContext) => T | Promise<T>): Promise<T> {
  const { spec, services, signal, hurry, log } = context
  const { hook } = where
  const audit = context.audit(where)
  const worker = createHttpWorker({
    spec: spec.http,
    ...(spec.target?.url === undefined ? {} : { baseUrl: spec.target.url }),
    hosts: createHostRule({ allowed: allowedHosts(spec) }),
    observer: unmeasured,
    now: () => performance.now(),
    localAddressOffset: 0,
  })
  const user = worker.user({ shared: false })
  const sqlWorker = createSqlWorker({
    spec: spec.sql,
    services,
    allowed: databaseHosts(spec, services),
    observer: unmeasured,
    now: () => performance.now(),
  })
  const sql = sqlWorker.user(nobody)
  const releaseConsole = captureConsole(log, () => performance.now())
  try {
    const wanted = AbortSignal.any([signal, hurry])
    const called = async (): Promise<T> => {
      const value = await body({ http: user.context, sql, services, signal, audit: audit.context })
      await audit.settled()
      return value
    }
    const value = await whileWanted(hook, called(), wanted)
    audit.close()
    return value
  } catch (error) {
    audit.close(error)
    if (error instanceof ToolError) throw error
    throw new ToolError('SETUP_FAILED', `The plan's \`${hook}\` failed: ${messageOf(error)}`, {
      hint: error instanceof Error && error.stack !== undefined ? error.stack.split('\n').slice(1, 4).join('\n') : '',
      cause: error,
    })
  } finally {
    releaseConsole()
    user.close()
    worker.closeAll()
    sqlWorker.closeAll()
  }
}
