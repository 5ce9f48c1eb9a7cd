import { findSourceMap } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describeValue, isRecord } from '../base/check.ts'
import { ToolError, messageOf } from '../base/errors.ts'
import type { Declarations } from './declarations.ts'
import { collectDeclarations } from './declarations.ts'
import type { PlanDefinition } from './definition/index.ts'
import { openPlanDoor } from './door.ts'

export interface LoadedPlanModule {
  readonly definition: PlanDefinition
  readonly declarations: Declarations
}

/**
 * Imports a bundled plan, in the main thread or in a worker.
 * @throws ToolError PLAN_THROWS with the plan's own line; PLAN_INVALID when there is no plan in it.
 */
export async function loadPlanModule(bundle: string, planDir: string, name = 'the plan file'): Promise<LoadedPlanModule> {
  // From here on, stack traces of scenarios name the lines of the plan.
  process.setSourceMapsEnabled(true)
  openPlanDoor()
  const { value, declarations } = await collectDeclarations(planDir, () => importModule(bundle))
  const exported = value['default']
  if (isPlan(exported)) return { definition: exported, declarations }
  const advice = 'Write `export default plan({ … })`.'
  const names = Object.keys(value)
  if (exported === undefined) {
    const elsewhere = names.find((name) => isPlan(value[name]))
    const got =
      names.length === 0
        ? 'no exports at all'
        : elsewhere === undefined
          ? `only ${names.map((name) => `\`${name}\``).join(', ')}`
          : `the plan as \`${elsewhere}\``
    throw new ToolError('PLAN_INVALID', `Expected ${name} to have a default export made by plan(…), got ${got}`, {
      hint: advice,
    })
  }
  const hint =
    isRecord(exported) && exported['tests'] !== undefined ? `It looks like a plan without the call around it. ${advice}` : advice
  throw new ToolError(
    'PLAN_INVALID',
    `Expected the default export of ${name} to be made by plan(…), got ${describeValue(exported)}`,
    { hint },
  )
}

function isPlan(value: unknown): value is PlanDefinition {
  return isRecord(value) && value['kind'] === 'plan' && isRecord(value['options'])
}

async function importModule(bundle: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    // A module namespace: names and values, nothing known about them.
    return (await import(pathToFileURL(bundle).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    if (error instanceof ToolError) throw error
    const place = placeInPlan(error, bundle)
    const text = error instanceof Error ? `${error.name}: ${error.message}` : messageOf(error)
    throw new ToolError(
      'PLAN_THROWS',
      `${place === undefined ? 'The plan' : place}: expected the plan to load, but it throws ${text}`,
      {
        hint: 'This happens while the file is loaded, before any test runs.',
        ...(place === undefined ? {} : { where: place }),
        cause: error,
      },
    )
  }
}

/** The program's own files, when it is not below `node_modules`. */
const ownFolder = fileURLToPath(new URL('..', import.meta.url))

/** `file:line:column` of the innermost frame in the plan's own sources. */
export function placeInPlan(error: unknown, bundle: string): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const line of stack.split('\n').slice(1)) {
    const frame = /\(?((?:file:\/\/|\/|[A-Za-z]:\\).+?):(\d+):(\d+)\)?$/.exec(line.trim())
    if (frame?.[1] === undefined || frame[1].includes('/node_modules/')) continue
    const file = frame[1].startsWith('file://') ? fileURLToPath(frame[1]) : frame[1]
    if (file.startsWith(ownFolder)) continue
    // Node has put the source's own place there already, where source maps were on in time.
    if (file !== bundle) return `${file}:${frame[2] ?? ''}:${frame[3] ?? ''}`
    const entry = findSourceMap(pathToFileURL(bundle).href)?.findEntry(Number(frame[2]) - 1, Number(frame[3]) - 1)
    if (entry && 'originalSource' in entry)
      return `${entry.originalSource.replace(/^file:\/\//, '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
  }
  return undefined
}
