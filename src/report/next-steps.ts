import type { RunResult, TestResult } from '../model/run-result.ts'
import { inUnit } from './numbers.ts'

/** What to do next, most urgent first; at most three sentences, so that they are read. */
export function nextSteps(test: TestResult): string[] {
  const steps: string[] = []
  const voids = test.validity.checks.filter((check) => check.verdict === 'void')
  for (const check of voids) steps.push(`${check.title}: ${check.advice}`)
  if (voids.length === 0) {
    for (const severity of ['critical', 'warning'] as const)
      for (const finding of test.findings) if (finding.severity === severity) steps.push(`${finding.title}: ${finding.advice}`)
    if (steps.length === 0) steps.push(...withoutFindings(test))
  }
  return [...new Set(steps)].slice(0, 3)
}

function withoutFindings(test: TestResult): string[] {
  switch (test.verdict) {
    case 'failed': {
      const missed = test.objectives.find((objective) => objective.verdict === 'fail')
      if (missed === undefined) return []
      const slowest = slowestRequest(test)
      const look = slowest === undefined ? '' : ` Begin with ${slowest}, the slowest request.`
      return [`${missed.text} is missed with ${inUnit(missed.actual, missed.unit)}.${look}`]
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
      return test.validity.verdict === 'warn'
        ? ['Read the warnings below before you rely on these numbers.']
        : ['Nothing needs to be done. To know how much more it carries, raise the load in steps.']
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
