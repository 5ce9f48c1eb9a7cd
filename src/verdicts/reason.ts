import type { ObjectiveResult, TestResult, Verdict } from '../model/run-result.ts'
import type { RunData, TestData } from '../analysis/index.ts'

export interface ReasonInput {
  readonly verdict: Verdict
  readonly data: RunData
  readonly test: TestData
  readonly validity: TestResult['validity']
  readonly objectives: readonly ObjectiveResult[]
}

/** Why the verdict is what it is, in one sentence for a person. */
export function explain({ verdict, data, test, validity, objectives }: ReasonInput): string {
  switch (verdict) {
    case 'error':
      return errorReason(data, test)
    case 'interrupted':
      return test.end === undefined && data.end === undefined
        ? `The record breaks off after ${Math.round(test.loadSec)} s of load: proofload was ended from outside.`
        : `The run was interrupted after ${Math.round(test.loadSec)} s of load.`
    case 'stopped':
      return stopReason(test)
    case 'invalid':
      return invalidReason(validity, objectives)
    case 'failed':
      return failReason(objectives)
    case 'passed':
      if (objectives.length === 0) return 'The load was run; there are no objectives to fail.'
      return objectives.length === 1 ? 'The objective holds.' : `All ${objectives.length} objectives hold.`
  }
}

function errorReason(data: RunData, test: TestData): string {
  if (test.end === 'target-died') {
    const died = data.events.findLast((event) => event.kind === 'target-ended')
    const how = died?.kind === 'target-ended' ? (died.signal ?? (died.code === null ? '' : `exit status ${died.code}`)) : ''
    return `The target died during the test${how === '' ? '' : ` (${how})`}.`
  }
  const error = data.events.findLast((event) => event.kind === 'error')
  return error?.kind === 'error' ? error.text : 'The run broke on an error.'
}

function stopReason(test: TestData): string {
  const alarm = test.events.findLast((event) => event.kind === 'alarm')
  if (alarm?.kind !== 'alarm') return 'The run was stopped by a limit.'
  return `Stopped by "${alarm.condition}" after ${Math.round(test.loadSec)} s of load.`
}

function invalidReason({ verdict, checks }: TestResult['validity'], objectives: readonly ObjectiveResult[]): string {
  const broken = checks.filter((check) => check.verdict === 'void')
  const [first] = broken
  if (verdict === 'void' && first !== undefined) {
    const more = broken.length > 1 ? ` (and ${broken.length - 1} more)` : ''
    return `The numbers cannot be trusted: ${lowerFirst(first.title)} is out of bounds${more}. ${first.advice}`
  }
  const unknown = objectives.filter((objective) => objective.verdict === 'unknown')
  const failed = objectives.filter((objective) => objective.verdict === 'fail')
  const also = failed.length > 0 ? ` Failed: ${failed.map(({ text }) => text).join(', ')}.` : ''
  return `"${unknown[0]?.text ?? ''}" could not be judged: ${unknown[0]?.reason ?? ''}${also}`
}

function failReason(objectives: readonly ObjectiveResult[]): string {
  const failed = objectives.filter((objective) => objective.verdict === 'fail')
  const more = failed.length > 1 ? ` ${failed.length - 1} more of ${objectives.length} objectives failed.` : ''
  return `${failed[0]?.reason ?? ''}${more}`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
