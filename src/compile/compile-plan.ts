import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildFailure, Message } from 'esbuild'
import { build } from 'esbuild'
import { nearest } from '../base/check.ts'
import { ToolError, messageOf } from '../base/errors.ts'
import { planDoorPlugin } from './plan-door-plugin.ts'
import { sourcePlaces, sourcePlacePlugin } from './source-place-plugin.ts'

export interface CompiledPlan {
  /** Absolute path of the bundle. */
  readonly bundle: string
  /** SHA-256 of the bundle's text, the same on every machine. */
  readonly fingerprint: string
}

/**
 * Bundles a plan and everything it imports into one module, npm packages included.
 * @throws ToolError PLAN_NOT_FOUND, PLAN_DOES_NOT_COMPILE
 */
export async function compilePlan(file: string, { outFile }: { readonly outFile: string }): Promise<CompiledPlan> {
  const plan = resolve(file)
  const bundle = resolve(outFile)
  checkExists(plan)
  const planDir = dirname(plan)
  const { code, map } = await bundlePlan(plan, { planDir, bundle })
  // The map holds paths relative to the bundle and the line above the code holds the plan's folder: neither is part of the fingerprint.
  const fingerprint = createHash('sha256').update(code).digest('hex')
  const root = `const __planRoot = ${JSON.stringify(`${pathToFileURL(planDir).href}/`)};`
  mkdirSync(dirname(bundle), { recursive: true })
  const inlineMap = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`
  // On the same line as the code's first, so that the map's lines hold.
  writeFileSync(bundle, `${root}${code}\n${inlineMap}\n`)
  return { bundle, fingerprint }
}

async function bundlePlan(
  plan: string,
  { planDir, bundle }: { readonly planDir: string; readonly bundle: string },
): Promise<{ code: string; map: string }> {
  try {
    const { outputFiles } = await build({
      entryPoints: [plan],
      outfile: bundle,
      absWorkingDir: planDir,
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'external',
      logLevel: 'silent',
      legalComments: 'none',
      // What CommonJS packages expect to find; see the plugins for the rest.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(__planRoot);",
      },
      define: sourcePlaces,
      external: ['*.node'],
      plugins: [planDoorPlugin(), sourcePlacePlugin(planDir)],
    })
    const text = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
    return { code: text(basename(bundle)), map: text('.map') }
  } catch (error) {
    throw compileError(error, planDir)
  }
}

function compileError(error: unknown, planDir: string): ToolError {
  if (!(error instanceof Error) || !('errors' in error))
    return new ToolError('INTERNAL', `esbuild failed: ${messageOf(error)}`, { cause: error })
  // Only esbuild's own failure has a list of messages.
  const { errors } = error as BuildFailure
  const first = errors[0]?.location
  return new ToolError('PLAN_DOES_NOT_COMPILE', errors.map((message) => describe(message, planDir)).join('\n\n'), {
    ...(first ? { where: `${resolve(planDir, first.file)}:${first.line}:${first.column + 1}` } : {}),
  })
}

/** `file:line:column: text`, the line, and a caret under the place. */
function describe({ text, location, notes }: Message, planDir: string): string {
  const rest = notes.map((note) => `\n  ${note.text}`).join('')
  if (!location) return `${text}${rest}`
  const place = `${relative(process.cwd(), resolve(planDir, location.file))}:${location.line}:${location.column + 1}`
  const caret = `${' '.repeat(location.column)}${'^'.repeat(Math.max(1, location.length))}`
  return `${place}: ${text}\n    ${location.lineText}\n    ${caret}${rest}`
}

function checkExists(plan: string): void {
  if (existsSync(plan) && statSync(plan).isFile()) return
  const found = plansNear(plan)
  const near = nearest(
    basename(plan),
    found.map((path) => basename(path)),
  )
  const closest = found.find((path) => basename(path) === near)
  const hint =
    closest !== undefined
      ? `Did you mean ${closest}?`
      : found.length > 0
        ? `There are: ${found.join(', ')}.`
        : 'There is no *.plan.ts near it; `proofload init` writes a first one.'
  const what = existsSync(plan) ? 'a plan file, got a folder' : 'a plan file, found nothing there'
  throw new ToolError('PLAN_NOT_FOUND', `${plan}: expected ${what}`, { hint, where: plan })
}

/** `*.plan.ts` in the folder that was named, one level below it, and in the current folder. */
function plansNear(plan: string): readonly string[] {
  const here = existsSync(plan) ? plan : dirname(plan)
  const folders = [
    here,
    ...list(here)
      .filter(isPlace)
      .map((name) => join(here, name)),
    process.cwd(),
  ]
  const plans = folders.flatMap((folder) =>
    list(folder)
      .filter((name) => /\.plan\.[cm]?[jt]s$/.test(name))
      .map((name) => join(folder, name)),
  )
  return [...new Set(plans)].map((path) => relative(process.cwd(), path)).slice(0, 10)
}

function isPlace(name: string): boolean {
  return !name.startsWith('.') && name !== 'node_modules'
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    // Not a folder, or not ours to read: nothing to suggest from it.
    return []
  }
}
