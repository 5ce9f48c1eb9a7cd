import type { ObjectiveResult, TestResult, Verdict } from '../model/run-result.ts'
import type { MetricUnit } from '../model/objective-spec.ts'
import type { RunData, TestData } from '../analysis/index.ts'
import { formatValue } from './format-value.ts'
import { howFar } from './how-far.ts'
import { runErrors } from './run-errors.ts'
import { withGuards } from './stop-monitor.ts'

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
        ? `The record breaks off ${howFar(test)}: proofload was killed.`
        : `The run was interrupted ${howFar(test)}.`
    case 'stopped':
      return stopReason(data, test)
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
  const error = runErrors(data).at(-1)
  return error !== undefined ? error.text : 'The run broke on an error.'
}

/** The alarms of a search end its trials; a stop from outside, or a full disk, is an error of the whole run. */
function stopReason(data: RunData, test: TestData): string {
  const error = runErrors(data).at(-1)
  if (error !== undefined) {
    const by =
      error.code === 'STOPPED'
        ? 'Stopped from outside by `proofload stop`'
        : error.code === 'HALTED'
          ? 'Stopped from outside by the halt file of the machine'
          : undefined
    return by === undefined ? `${error.text} It was stopped ${howFar(test)}.` : `${by} ${howFar(test)}.`
  }
  const alarm = test.events.findLast((event) => event.kind === 'alarm')
  if (alarm?.kind !== 'alarm') return `The run was stopped by a limit ${howFar(test)}.`
  const unit = unitOf(data, test, alarm.condition)
  return `Stopped by "${alarm.condition}"${unit === undefined ? '' : ` (it was ${formatValue(alarm.value, unit)})`} ${howFar(test)}.`
}

function unitOf(data: RunData, test: TestData, text: string): MetricUnit | undefined {
  const condition = withGuards(test.spec.stopWhen).find((one) => one.text === text)
  if (condition === undefined) return undefined
  if (condition.unit !== undefined) return condition.unit
  const recorded = data.probeUnits[condition.metric.name]
  return metricUnits.find((unit) => unit === recorded) ?? 'count'
}

const metricUnits: readonly MetricUnit[] = ['ms', 'ratio', 'bytes', 'perSec', 'sec', 'bytesPerSec', 'count']

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
