import type { CapacityResult, FailureName, OverloadResult } from '../model/capacity-result.ts'
import type { RunResult, TestResult } from '../model/run-result.ts'
import { limitingResource } from './capacity-sentences.ts'
import { failureWords, loadText } from './capacity-words.ts'
import { ms } from './numbers.ts'
import { actualText } from './objective-figures.ts'

export interface NextStep {
  readonly text: string
  /** Something is to be done; otherwise the test is content. */
  readonly urgent: boolean
}

/** What to do next, most urgent first; at most three sentences, so that they are read. */
export function nextSteps(test: TestResult): string[] {
  return stepsFor(test).map(({ text }) => text)
}

export function stepsFor(test: TestResult): NextStep[] {
  const steps: string[] = []
  const voids = test.validity.checks.filter((check) => check.verdict === 'void')
  for (const check of voids) steps.push(`${check.title}: ${check.advice}`)
  if (voids.length === 0) {
    for (const severity of ['critical', 'warning'] as const)
      for (const finding of test.findings) if (finding.severity === severity) steps.push(`${finding.title}: ${finding.advice}`)
    if (test.capacity !== undefined) steps.push(...ofSearch(test.capacity))
    if (steps.length === 0) steps.push(...withoutFindings(test))
  }
  const content = steps.length === 0 && test.verdict === 'passed' && test.validity.verdict !== 'warn'
  if (content) return [{ text: nothingToDo, urgent: false }]
  return [...new Set(steps)].slice(0, 3).map((text) => ({ text, urgent: true }))
}

const nothingToDo = 'Nothing needs to be done. To know how much more it carries, raise the load in steps.'

/** What the answer of a search asks for. */
function ofSearch(capacity: CapacityResult): string[] {
  const { kind, unit, lower, upper, trials, overload } = capacity
  const steps: string[] = []
  const last = trials.at(-1)
  if (kind === 'unfinished' && last !== undefined)
    steps.push(`The search has ended before it knew, after trial ${last.trial}: continue it with \`proofload run --resume RUN\`.`)
  if (kind === 'generator-limited')
    steps.push(
      lower === null
        ? `No load was borne before the generator was the limit: run proofload on a machine of its own, or lower \`from\`.`
        : `More than ${loadText(lower, unit)} needs a stronger generator: run proofload on a machine of its own, or with more workers.`,
    )
  if (kind === 'at-least' && lower !== null) steps.push(`To find where it breaks, raise \`to\` beyond ${loadText(lower, unit)}.`)
  if (kind === 'fails-at-from' && upper !== null)
    steps.push(`To find what it bears, lower \`from\` below ${loadText(upper, unit)}.`)
  const resource = limitingResource(capacity)
  if (resource !== undefined && resource.advice !== '')
    steps.push(`To bear more than ${loadText(lower ?? upper, unit)}: ${resource.advice}`)
  if (overload !== null) steps.push(...ofOverload(overload))
  return steps
}

const deadly: readonly FailureName[] = ['crash', 'out-of-memory', 'hang']

function ofOverload({ points, kind, reason, refusals }: OverloadResult): string[] {
  const dead = points.find((point) => deadly.includes(point.class))
  if (dead !== undefined)
    return [`At ${dead.factor} times the capacity it ${failureWords[dead.class].does}: limit what it accepts before that.`]
  if (kind === 'collapse') return [`Bound the queue and refuse early, with Retry-After: ${reason}.`]
  return refusals?.verdict === 'slow'
    ? [`Refuse before the work is begun: a refusal takes ${ms(refusals.rejectP99)} at p99.`]
    : []
}

function withoutFindings(test: TestResult): string[] {
  switch (test.verdict) {
    case 'failed': {
      const missed = test.objectives.find((objective) => objective.verdict === 'fail')
      if (missed === undefined) return []
      const slowest = slowestRequest(test)
      const look = slowest === undefined ? '' : ` Begin with ${slowest}, the slowest request.`
      return [`${missed.text} is missed with ${actualText(missed)}.${look}`]
    }
    case 'stopped':
      return ['Look at the charts before the alarm: what rose first is the place to begin. Then run it again with a lower load.']
    case 'interrupted':
      return ['Run it again to its end: what was judged is only the part that ran.']
    case 'error':
      return ['Mend what the error says, then run it again.']
    case 'invalid': {
      const unknown = test.objectives.find((objective) => objective.verdict === 'unknown')
      return unknown === undefined ? [] : [`${unknown.text}: ${unknown.reason}`]
    }
    case 'passed':
      return test.validity.verdict === 'warn' ? ['Read the warnings below before you rely on these numbers.'] : []
  }
}

function slowestRequest(test: TestResult): string | undefined {
  let slowest: { name: string; p95: number } | undefined
  for (const { name, latencyMs } of test.requests) {
    if (latencyMs.p95 !== null && (slowest === undefined || latencyMs.p95 > slowest.p95)) slowest = { name, p95: latencyMs.p95 }
  }
  return slowest?.name
}

/** The same for a run that has no test to speak of. */
export function nextStepsOfRun(result: RunResult): string[] {
  if (result.tests.length > 0) return []
  return result.errors.length > 0 ? ['Mend what the error says, then run it again.'] : []
}
