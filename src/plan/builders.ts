import type { Feed, MetricHandle, ScenarioContext } from '../model/scenario-context.ts'
import type { MetricSpec } from '../model/plan-spec.ts'
import { declareEnv, declareFeed, declareMetric } from './declarations.ts'
import type {
  PlanDefinition,
  PlanOptions,
  PostgresOptions,
  Probe,
  ProcessOptions,
  Scenario,
  ScenarioOptions,
  Service,
} from './definition/index.ts'

/** The default export of a plan file. Nothing is checked here: `proofload run` reports everything that is wrong at once. */
export function plan<
  Scenarios extends string = never,
  Services extends string = never,
  Shared = unknown,
  Dependencies extends string = never,
>(options: PlanOptions<Scenarios, Services, Shared, Dependencies>): PlanDefinition {
  return { kind: 'plan', options: { ...options } }
}

/** What one kind of user does: a function (one iteration), or `start`, `run` and `stop`. */
export function scenario<Shared = unknown>(run: (context: ScenarioContext<undefined, Shared>) => unknown): Scenario
export function scenario<State = undefined, Shared = unknown>(options: ScenarioOptions<State, Shared>): Scenario
export function scenario(given: ((context: never) => unknown) | object): Scenario {
  const functions = typeof given === 'function' ? { run: given } : given
  // What was given is checked when the plan is resolved; `vu.state` has the type that `start` gave it.
  return { ...functions, kind: 'scenario' } as Scenario
}

export interface FeedOptions {
  /** `unique` (default): a row for each user, never shared by two; `random`: any row at each call; `shared`: all rows in turn. */
  readonly pick?: 'unique' | 'random' | 'shared'
  /** When a `unique` feed runs out: end the run with an error (default), or begin again. */
  readonly whenEmpty?: 'error' | 'wrap'
}

/** Rows of a CSV file with a header line; every value is a string. The path is relative to the plan file. */
export function csv<Row = Record<string, string>>(
  path: string,
  options: FeedOptions & { readonly delimiter?: string } = {},
): Feed<Row> {
  const { pick = 'unique', whenEmpty = 'error', delimiter = ',' } = options
  return { feed: declareFeed({ format: 'csv', path, pick, whenEmpty, delimiter }) }
}

/** Items of a JSON file that holds a list. */
export function json<Row = unknown>(path: string, options: FeedOptions = {}): Feed<Row> {
  const { pick = 'unique', whenEmpty = 'error' } = options
  return { feed: declareFeed({ format: 'json', path, pick, whenEmpty, delimiter: '' }) }
}

export const service = {
  /** A real PostgreSQL, started for the run on a free port and removed after it. */
  postgres: (options: PostgresOptions = {}): Service => ({ ...options, kind: 'postgres' }),
  /** A command of yours that runs beside the target: what the target depends on. Started before it, watched, stopped after it. */
  process: (options: ProcessOptions): Service => ({ ...options, kind: 'process' }),
}

function declare(kind: MetricSpec['kind'], name: string, unit: MetricSpec['unit']): MetricHandle {
  declareMetric({ name, kind, unit })
  return { metric: name, kind }
}

export const metric = {
  /** A distribution: percentiles, mean and maximum of the values added. */
  trend: (name: string, options: { readonly unit?: MetricSpec['unit'] } = {}): MetricHandle =>
    declare('trend', name, options.unit ?? 'count'),
  /** A sum. */
  counter: (name: string, options: { readonly unit?: MetricSpec['unit'] } = {}): MetricHandle =>
    declare('counter', name, options.unit ?? 'count'),
  /** A level: the last value counts. */
  gauge: (name: string, options: { readonly unit?: MetricSpec['unit'] } = {}): MetricHandle =>
    declare('gauge', name, options.unit ?? 'count'),
}

export const probe = {
  /** Every number of a Prometheus page, named `NAME.metric`; `name` is `metrics` when absent. */
  metrics: (url: string, options: { readonly name?: string } = {}): Probe => ({
    kind: 'metrics-page',
    name: options.name ?? 'metrics',
    url,
  }),
}

/** An environment variable. Its value is a secret (hidden in everything written) unless `secret: false`. Without `default` it must be set. */
export function env(name: string, options: { readonly secret?: boolean; readonly default?: string } = {}): string {
  return declareEnv(name, options)
}
