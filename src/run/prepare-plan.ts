import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { messageOf } from '../base/errors.ts'
import { maskError } from '../base/secrets.ts'
import { compilePlan } from '../compile/index.ts'
import { parseTrace } from '../load/index.ts'
import type { PlanSpec } from '../model/plan-spec.ts'
import type { PlanCode } from '../plan/index.ts'
import { loadPlanModule, resolvePlan } from '../plan/index.ts'
import { selectTests } from './select-tests.ts'

/** A plan that is ready to run: checked, overlaid, reduced to the selected tests. */
export interface LoadedPlan {
  readonly spec: PlanSpec
  readonly code: PlanCode
  /** Of the dependencies, with their passwords. */
  readonly dependencyUrls: Readonly<Record<string, string>>
  /** Path of the bundle. */
  readonly bundle: string
  /** Values that must not appear in anything written. */
  readonly secrets: readonly string[]
}

export interface PrepareOptions {
  readonly file: string
  /** A folder for the bundle. */
  readonly scratch: string
  readonly suites?: readonly string[]
  readonly tests?: readonly string[]
  readonly quick?: boolean
  /** Files of `--config`, later ones on top. */
  readonly configs?: readonly string[]
  /** `PATH=VALUE` of `--set`. */
  readonly settings?: readonly string[]
  readonly objectives?: readonly string[]
  readonly stopWhen?: readonly string[]
  readonly target?: string
}

/**
 * Compiles, loads and checks a plan.
 * @throws ToolError with every problem of the plan in one message
 */
export async function preparePlan(options: PrepareOptions): Promise<LoadedPlan> {
  const { suites = [], tests = [], scratch, ...overlay } = options
  const file = resolve(options.file)
  const dir = dirname(file)
  const { bundle, fingerprint } = await compilePlan(file, { outFile: join(scratch, 'plan.bundle.mjs') })
  const { definition, declarations } = await loadPlanModule(bundle, dir, options.file)
  try {
    const { spec, ...resolved } = resolvePlan(definition, {
      ...overlay,
      file,
      dir,
      fingerprint,
      declarations,
      readTrace,
    })
    return { ...resolved, spec: { ...spec, tests: selectTests(spec.tests, suites, tests) }, bundle }
  } catch (error) {
    // A message quotes what came, and that may have come from the environment.
    throw maskError(error, declarations.secrets)
  }
}

function readTrace(path: string): ReturnType<typeof parseTrace> {
  try {
    return parseTrace(readFileSync(path, 'utf8'))
  } catch (error) {
    return { timesSec: [], problems: [messageOf(error)] }
  }
}
