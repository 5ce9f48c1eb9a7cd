import type { ToolError } from '../../src/base/errors.ts'
import type { Declarations, ResolveOptions, ResolvedPlan } from '../../src/plan/index.ts'
import { resolvePlan } from '../../src/plan/index.ts'

export const noDeclarations: Declarations = { feeds: [], metrics: [], env: [], secrets: [] }
const browse = { kind: 'scenario', run: () => undefined }
/** A plan without mistakes. */
export const right = { scenarios: { browse, buy: browse }, tests: { peak: { users: 10, for: '1m' } } }

/** Resolves a plan that no file holds. */
export function resolve(options: Readonly<Record<string, unknown>>, more: Partial<ResolveOptions> = {}): ResolvedPlan {
  return resolvePlan(
    { kind: 'plan', options },
    {
      file: '/plans/shop.plan.ts',
      dir: '/plans',
      fingerprint: 'f',
      declarations: noDeclarations,
      readTrace: () => ({ timesSec: [0, 1, 2.5], problems: [] }),
      ...more,
    },
  )
}

/** What is wrong with it. */
export function failure(options: Readonly<Record<string, unknown>>, more: Partial<ResolveOptions> = {}): ToolError {
  try {
    resolve(options, more)
  } catch (error) {
    return error as ToolError // what is tested
  }
  throw new Error('expected a failure')
}

/** The right plan with the keys of one test replaced. */
export const peak = (keys: Readonly<Record<string, unknown>>) => ({ ...right, tests: { peak: keys } })
/** The least that a test must say. */
export const ok = { users: 1, for: '1s' }
