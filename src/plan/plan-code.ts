import { isRecord } from '../base/check.ts'
import type { ScenarioContext } from '../model/scenario-context.ts'
import type {
  AuditCountContext,
  AuditHookContext,
  PlanDefinition,
  ServiceHandle,
  SetupContext,
  TeardownContext,
} from './definition/index.ts'

export interface ScenarioCode {
  readonly start?: (context: ScenarioContext) => unknown
  readonly run: (context: ScenarioContext) => unknown
  readonly stop?: (context: ScenarioContext) => unknown
}

/** The user's functions, found by the names in the plan's data. */
export interface PlanCode {
  readonly scenarios: Readonly<Record<string, ScenarioCode>>
  readonly setup?: (context: SetupContext) => unknown
  readonly audit?: (context: AuditHookContext) => unknown
  readonly auditCount?: (context: AuditCountContext) => unknown
  readonly teardown?: (context: TeardownContext) => unknown
  /** Values by which a rate limiter tells its clients apart, where the plan has a function for them. */
  readonly limiterValues?: Readonly<Record<string, (context: { readonly shared: unknown }) => unknown>>
  /** Environment of the target, from the addresses of the services. */
  readonly targetEnv?: (services: Readonly<Record<string, ServiceHandle>>) => Readonly<Record<string, string>>
}

/** The functions of a plan that was resolved without problems before (in the main thread). */
export function codeOf(definition: PlanDefinition): PlanCode {
  const { scenarios, setup, auditCount, audit, teardown, target, limiters } = definition.options
  const env = isRecord(target) ? target['env'] : undefined
  return {
    // Checked by `resolvePlan`: only functions get there.
    scenarios: (scenarios ?? {}) as PlanCode['scenarios'],
    ...(typeof setup === 'function' ? { setup: setup as NonNullable<PlanCode['setup']> } : {}),
    ...(typeof audit === 'function' ? { audit: audit as NonNullable<PlanCode['audit']> } : {}),
    ...(typeof auditCount === 'function' ? { auditCount: auditCount as NonNullable<PlanCode['auditCount']> } : {}),
    ...(typeof teardown === 'function' ? { teardown: teardown as NonNullable<PlanCode['teardown']> } : {}),
    ...(isRecord(limiters) ? { limiterValues: valueFunctions(limiters) } : {}),
    ...(env === undefined
      ? {}
      : {
          targetEnv: (services) => plainEnv(typeof env === 'function' ? (env as (s: typeof services) => unknown)(services) : env),
        }),
  }
}

function valueFunctions(limiters: Readonly<Record<string, unknown>>): NonNullable<PlanCode['limiterValues']> {
  return Object.fromEntries(
    Object.entries(limiters).flatMap(([name, limiter]) => {
      const key = isRecord(limiter) ? limiter['key'] : undefined
      const values = isRecord(key) ? key['values'] : undefined
      return typeof values === 'function' ? [[name, values as (context: { readonly shared: unknown }) => unknown]] : [] // checked by `resolvePlan`
    }),
  )
}

function plainEnv(env: unknown): Readonly<Record<string, string>> {
  if (!isRecord(env)) return {}
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  )
}
