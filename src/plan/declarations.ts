import { isAbsolute, resolve } from 'node:path'
import { ToolError } from '../base/errors.ts'
import { captureConsole } from '../base/capture-console.ts'
import type { LogLevel } from '../base/capture-console.ts'
import { maskError, maskSecrets, shortestSecret } from '../base/secrets.ts'
import type { FeedSpec, MetricSpec } from '../model/plan-spec.ts'

export type FeedDeclaration = Omit<FeedSpec, 'rows'> & { readonly delimiter: string }

export interface EnvDeclaration {
  readonly name: string
  readonly value: string | undefined
  readonly secret: boolean
  /** Asked to be secret, but too short to be hidden. */
  readonly tooShort: boolean
}

/** What a plan file declared while it was loaded, in order: the same in every thread. */
export interface Declarations {
  readonly feeds: readonly FeedDeclaration[]
  readonly metrics: readonly MetricSpec[]
  readonly env: readonly EnvDeclaration[]
  /** Values that must not appear in anything written. */
  readonly secrets: readonly string[]
}

interface Collector {
  readonly planDir: string
  readonly feeds: FeedDeclaration[]
  readonly metrics: MetricSpec[]
  readonly env: EnvDeclaration[]
}

/** Module state, because a plan calls `csv(…)` with nothing to hold on to; one a thread, set only while a plan is loading. */
let collector: Collector | undefined
let loadedBefore = false

/** Runs `load` (the import of a plan) and gives what it declared. */
export async function collectDeclarations<T>(
  planDir: string,
  load: () => Promise<T>,
): Promise<{ value: T; declarations: Declarations }> {
  const mine: Collector = { planDir, feeds: [], metrics: [], env: [] }
  collector = mine
  // Held back until it is known what must not be shown.
  const printed: { readonly level: LogLevel; readonly text: string }[] = []
  const releaseConsole = captureConsole(
    (level, text) => printed.push({ level, text }),
    () => 0,
  )
  try {
    const value = await load()
    return { value, declarations: { feeds: mine.feeds, metrics: mine.metrics, env: mine.env, secrets: secretsOf(mine) } }
  } catch (error) {
    throw maskError(error, secretsOf(mine))
  } finally {
    releaseConsole()
    for (const { level, text } of printed) console[level](maskSecrets(text, secretsOf(mine)))
    collector = undefined
    loadedBefore = true
  }
}

function secretsOf({ env }: Collector): readonly string[] {
  return [...new Set(env.flatMap((entry) => (entry.secret && entry.value !== undefined ? [entry.value] : [])))]
}

export function declareFeed(feed: Omit<FeedDeclaration, 'id' | 'path'> & { readonly path: string }): number {
  const into = open(`${feed.format}('${feed.path}')`)
  const id = into.feeds.length
  into.feeds.push({ ...feed, id, path: isAbsolute(feed.path) ? feed.path : resolve(into.planDir, feed.path) })
  return id
}

export function declareMetric(metric: MetricSpec): void {
  open(`metric.${metric.kind}('${metric.name}')`).metrics.push(metric)
}

export function declareEnv(name: string, options: { readonly secret?: boolean; readonly default?: string }): string {
  const value = process.env[name] ?? options.default
  const wanted = options.secret ?? true
  const long = (value?.length ?? 0) >= shortestSecret
  const tooShort = options.secret === true && value !== undefined && value !== '' && !long
  // Outside a plan's top level there is nobody left to tell about a secret.
  open(`env('${name}')`).env.push({ name, value, secret: wanted && long, tooShort })
  return value ?? ''
}

function open(call: string): Collector {
  if (collector) return collector
  if (loadedBefore)
    throw new ToolError('PLAN_INVALID', `Expected ${call} at the top level of the plan, got a call while the plan runs`, {
      hint: 'Put it in a constant outside of every function.',
    })
  // A module of a plan that is imported on its own, for example by the user's unit tests.
  return { planDir: process.cwd(), feeds: [], metrics: [], env: [] }
}
