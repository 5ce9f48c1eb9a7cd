import type { ObjectiveResult, RunResult, TestResult } from '../model/run-result.ts'
import { inSentence } from './capacity-sentences.ts'
import { breakerFigures, capacityPlan, recoverySec } from './capacity-plan.ts'
import { loadText } from './capacity-words.ts'
import { poolAdvice } from './faults/pool-sentences.ts'
import { count, duration, inUnit, ms, percent, perSec } from './numbers.ts'

export interface Advice {
  /** `alert`, `concurrency limit`, `circuit breaker` … */
  readonly about: string
  readonly text: string
}

/** Settings for production that the figures of a run give: thresholds of alerts, a limit of concurrency, a circuit breaker. */
export function tuningAdvice({ tests }: RunResult): Advice[] {
  const advice = tests.flatMap(ofSearch)
  return [...advice, ...ofDependencies(tests), ...ofPools(tests), ...ofObjectives(tests)]
}

/** Calls that a share needs before it means something. Ours. */
const leastCalls = 100

/** Dependencies that a plan counts (`NAME.completed`, `NAME.failed`): a breaker opens half-way between the usual share of failures and all of them. */
function ofDependencies(tests: readonly TestResult[]): Advice[] {
  const usual = new Map<string, number>()
  for (const { metrics } of tests) {
    const sums = new Map(metrics.flatMap(({ name, kind, sum }) => (kind === 'counter' ? [[name, sum] as const] : [])))
    for (const [name, completed] of sums) {
      const dependency = /^(.+)\.completed$/.exec(name)?.[1]
      const failed = dependency === undefined ? undefined : sums.get(`${dependency}.failed`)
      if (dependency === undefined || failed === undefined || completed + failed < leastCalls) continue
      const share = failed / (completed + failed)
      usual.set(dependency, Math.min(usual.get(dependency) ?? 1, share))
    }
  }
  return [...usual]
    .filter(([, share]) => share < 0.5)
    .map(([dependency, share]) => ({
      about: `breaker before ${dependency}`,
      text: `open at ${percent((share + 1) / 2)} failures, half-way between the ${percent(share)} that are usual and all of them.`,
    }))
}

function ofPools(tests: readonly TestResult[]): Advice[] {
  return tests.flatMap(({ pools = [] }) =>
    pools.flatMap((pool) => {
      const text = poolAdvice(pool)
      return text === null ? [] : [{ about: `connection pool to ${pool.link}`, text }]
    }),
  )
}

function ofSearch(test: TestResult): Advice[] {
  const { capacity } = test
  const plan = capacityPlan(test)
  if (capacity === undefined || plan === null) return []
  const load = (value: number) => loadText(value, capacity.unit)
  const advice: Advice[] = []
  const { scaleAt, resource, queue, lower } = plan
  advice.push({
    about: 'alert on load',
    text:
      scaleAt === null
        ? `alarm at ${load(lower)} an instance, the most that “${test.name}” bore.`
        : `warn at ${load(scaleAt)} an instance (knee), alarm at ${load(lower)} (capacity).`,
  })
  if (resource !== null && resource.atKnee !== null && resource.atLower !== null && resource.atKnee < resource.atLower)
    advice.push({
      about: `alert on ${inSentence(resource.title)}`,
      text: `warn at ${percent(resource.atKnee)}, alarm at ${percent(resource.atLower)}: so full it was at ${load(scaleAt ?? lower)} and at ${load(lower)}.`,
    })
  if (queue !== null)
    advice.push({
      about: 'concurrency limit',
      text: `at most ${count(queue.atOnce)} at once an instance, of which ${count(queue.requests)} may wait, and refuse the rest: ${perSec(queue.perSec)} × (${ms(queue.limitMs)} − ${ms(queue.serviceMs)}), so that what is accepted still meets the limit.`,
    })
  const breaker = breakerFigures(capacity)
  const wait = recoverySec(capacity)
  if (breaker !== null)
    advice.push({
      about: 'circuit breaker',
      text: `open at ${percent(breaker.threshold)} errors, half-way between ${percent(breaker.healthy)} at loads that were borne and ${percent(breaker.failing)} at ${load(breaker.failingAt)}.`,
    })
  if (wait !== null && wait > 0)
    advice.push({
      about: breaker === null ? 'wait before a retry' : 'wait of the breaker',
      text: `at least ${duration(wait)}: so long the target needed to be back after too much load.`,
    })
  return advice
}

/** An alert half-way between what was measured and what must not be: early, and not at every stir. The tightest of each metric. */
function ofObjectives(tests: readonly TestResult[]): Advice[] {
  const tightest = new Map<string, { readonly share: number; readonly advice: Advice }>()
  for (const test of tests) {
    if (test.verdict !== 'passed' || test.capacity !== undefined) continue
    for (const objective of test.objectives) {
      const found = alertOf(objective, test.name)
      if (found === null) continue
      const { metric, share, advice } = found
      if (share > (tightest.get(metric)?.share ?? -1)) tightest.set(metric, { share, advice })
    }
  }
  return [...tightest.values()].map(({ advice }) => advice)
}

function alertOf({ text, actual, limit, unit, verdict }: ObjectiveResult, test: string) {
  const parsed = /^(.+?)\s*(<=|>=|<|>)/.exec(text)
  if (verdict !== 'pass' || actual === null || parsed === null || actual === limit) return null
  if (!['ms', 'ratio', 'sec', 'bytes'].includes(unit)) return null
  const [, metric = '', op = '<'] = parsed
  // Only we know it: there is nobody to alert.
  if (metric === 'monitor.counts' || metric === 'monitor.latency') return null
  const half = (actual + limit) / 2
  const word = op.startsWith('<') ? 'above' : 'below'
  return {
    metric,
    share: limit === 0 ? 0 : Math.min(actual, limit) / Math.max(actual, limit),
    advice: {
      about: `alert on ${metric}`,
      text: `warn ${word} ${inUnit(half, unit)}, alarm ${word} ${inUnit(limit, unit)}: measured ${inUnit(actual, unit)} in “${test}”.`,
    },
  }
}
