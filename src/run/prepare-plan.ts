import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ToolError, messageOf } from '../base/errors.ts'
import { maskError } from '../base/secrets.ts'
import { compilePlan } from '../compile/index.ts'
import { parseTrace } from '../load/index.ts'
import type { PlanSpec } from '../model/plan-spec.ts'
import type { PlanCode, UnavailableTest } from '../plan/index.ts'
import { loadPlanModule, resolvePlan } from '../plan/index.ts'
import { isSelected, selectTests } from './select-tests.ts'

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
  readonly isolate?: boolean
}

/**
 * Compiles, loads and checks a plan.
 * @throws ToolError with every problem of the plan in one message
 */
export async function preparePlan(options: PrepareOptions): Promise<LoadedPlan> {
  const { suites = [], tests = [], ...reading } = options
  const { loaded, all } = await readPlan(reading)
  return reduced(loaded, selectTests(all, suites, tests))
}

/**
 * Several plans with one selection: a suite needs to be in one of them only, and a plan without a selected test is left out.
 * @throws ToolError as {@link preparePlan}, and OPTION_INVALID when none of the plans has a suite or test of that name
 */
export async function preparePlans(
  files: readonly string[],
  { scratch, suites = [], tests = [], ...options }: Omit<PrepareOptions, 'file'>,
): Promise<readonly LoadedPlan[]> {
  const read: ReadPlan[] = []
  for (const [i, file] of files.entries()) read.push(await readPlan({ ...options, file, scratch: join(scratch, String(i)) }))
  selectTests(
    read.flatMap(({ all }) => all),
    suites,
    tests,
  )
  return read.flatMap(({ loaded, all }) => {
    const selected = all.filter((test) => isSelected(test, suites, tests))
    return selected.length === 0 ? [] : [reduced(loaded, selected)]
  })
}

type AnyTest = PlanSpec['tests'][number] | UnavailableTest

interface ReadPlan {
  readonly loaded: LoadedPlan
  /** Those that cannot be done at the target of `--target` as well. */
  readonly all: readonly AnyTest[]
}

async function readPlan({ scratch, ...overlay }: Omit<PrepareOptions, 'suites' | 'tests'>): Promise<ReadPlan> {
  const file = resolve(overlay.file)
  const dir = dirname(file)
  const { bundle, fingerprint } = await compilePlan(file, { outFile: join(scratch, 'plan.bundle.mjs') })
  const { definition, declarations } = await loadPlanModule(bundle, dir, overlay.file)
  try {
    const { spec, unavailable, ...resolved } = resolvePlan(definition, {
      ...overlay,
      file,
      dir,
      fingerprint,
      declarations,
      readTrace,
    })
    return { loaded: { ...resolved, spec, bundle }, all: [...spec.tests, ...unavailable] }
  } catch (error) {
    // A message quotes what came, and that may have come from the environment.
    throw maskError(error, declarations.secrets)
  }
}

/** A plan with the selected tests only; one of them that the target of `--target` does not allow is refused, not ignored. */
function reduced(loaded: LoadedPlan, selected: readonly AnyTest[]): LoadedPlan {
  const { spec } = loaded
  const refused = selected.flatMap((test) => ('reason' in test ? [test] : []))
  if (refused.length > 0) {
    const names = spec.tests.map(({ name }) => `--test '${name}'`)
    throw new ToolError('NOT_AVAILABLE', refused.map(({ name, reason }) => `tests.${name}: ${reason}`).join('\n'), {
      hint:
        names.length === 0
          ? 'No test of this plan can run at this target.'
          : `The other tests of the plan can run at this target: ${names.join(' ')}.`,
    })
  }
  return { ...loaded, spec: { ...spec, tests: selected.filter((test) => 'loads' in test) } }
}

function readTrace(path: string): ReturnType<typeof parseTrace> {
  try {
    return parseTrace(readFileSync(path, 'utf8'))
  } catch (error) {
    return { timesSec: [], problems: [messageOf(error)] }
  }
}
