import type { CapacityResult, TrialResult } from '../model/capacity-result.ts'
import type { CapacitySpec } from '../model/capacity-spec.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { Finding, ObjectiveResult, TestResult, ValidityCheck } from '../model/run-result.ts'
import type { RunData, TestData } from '../analysis/index.ts'
import { isAuditMetric } from './audit/index.ts'
import { judgeCapacity, withoutLateness } from './capacity/index.ts'
import { judgeSaturation } from './saturation/index.ts'
import { formatValue } from './format-value.ts'
import { holds } from './holds.ts'
import { judgeTest } from './judge-test.ts'
import { metricKind } from './metric-kind.ts'
import { explain } from './reason.ts'
import { worst } from './validity.ts'
import { verdictOf } from './verdict.ts'

/**
 * Everything that is said about a capacity search. Its numbers of load, latency and validity are those of the trial that bears the answer: the longest
 * at the largest load that was borne.
 */
export function judgeSearch(data: RunData, test: TestData, capacity: CapacitySpec): TestResult {
  const { result, support } = judgeCapacity(data, test, capacity, judgeSaturation)
  // The generator's lateness did not limit the trial that bears the answer.
  const isLateOnly = support?.voidBy.length === 0
  const base = judgeTest(data, support?.record.view ?? test)
  const isBlamed = (text: string): boolean =>
    // What failed may be none of the objectives: growth, a stop condition, a target that died. Then no load held any of them.
    text === result.limitingObjective || !test.spec.objectives.some((one) => one.text === result.limitingObjective)
  const objectives = test.spec.objectives.map((objective, i) =>
    judgeOne(objective, result, { atLower: base.objectives[i], isBlamed: isBlamed(objective.text), peak: capacity.peak }),
  )
  const checks = [
    ...(isLateOnly ? withoutLateness(base.validity.checks) : base.validity.checks),
    ...searchChecks(result, capacity),
  ]
  const validity = { verdict: worst(checks), checks }
  const ended = test.end ?? data.end
  const verdict = verdictOf({
    ended: test.end === undefined && ended === 'completed' ? undefined : ended,
    validity: validity.verdict,
    objectives,
  })
  return {
    ...base,
    name: test.name,
    suite: test.spec.suite,
    kind: test.spec.kind,
    verdict,
    reason: explain({ verdict, data, test, validity, objectives: objectives.toSorted(blamedFirst(result)) }),
    durationSec: test.loadSec,
    startSec: test.loadStartSec ?? test.startSec,
    validity,
    phases: result.trials.map(phaseOf),
    objectives,
    findings: isLateOnly ? withoutPace(base.findings, result.kind) : base.findings,
    capacity: result,
  }
}

/** A generator that only was late did not set the pace of the trial that bears the answer; where it ended the search, that is worth a warning. */
function withoutPace(findings: readonly Finding[], kind: CapacityResult['kind']): readonly Finding[] {
  if (kind !== 'generator-limited') return findings.filter(({ id }) => id !== 'generator-limited')
  return findings.map((one) => (one.id === 'generator-limited' ? { ...one, severity: 'warning' } : one))
}

/** A sentence for a person names what failed first. */
function blamedFirst({ limitingObjective }: CapacityResult): (a: ObjectiveResult, b: ObjectiveResult) => number {
  return (a, b) => Number(b.text === limitingObjective) - Number(a.text === limitingObjective)
}

function phaseOf({ trial, load, fromSec, toSec, purpose }: TrialResult): TestResult['phases'][number] {
  return { name: `trial ${String(trial)}: ${purpose} at ${String(Math.round(load * 100) / 100)}`, fromSec, toSec }
}

/** An objective on the search itself is judged by its result; any other is what a trial must hold, and what the largest load borne held. */
function judgeOne(
  objective: ObjectiveSpec,
  capacity: CapacityResult,
  {
    atLower,
    isBlamed,
    peak,
  }: { readonly atLower: ObjectiveResult | undefined; readonly isBlamed: boolean; readonly peak: number | undefined },
): ObjectiveResult {
  const { text, value, metric } = objective
  // The data outlives the trials: it is judged once, after all of them.
  if (isAuditMetric(metric.name) && atLower !== undefined) return atLower
  const own = ownMetric(metric.name, capacity, peak)
  if (own !== undefined) return judgeOwn(objective, own)
  const unit = objective.unit ?? 'count'
  if (capacity.lower !== null && atLower !== undefined) return atLower
  const reason =
    capacity.kind === 'fails-at-from'
      ? `Not even the smallest load was borne: ${atLower?.reason ?? 'it failed.'}`
      : 'The search was ended before any load was shown to be borne.'
  const verdict = capacity.kind === 'fails-at-from' ? 'fail' : 'unknown'
  // Of several objectives the one that failed is blamed; the others may hold where it does not.
  if (verdict === 'fail' && atLower !== undefined && !isBlamed) {
    // A trial that was stopped at once has no percentiles; that its load was not borne is known all the same.
    if (atLower.verdict !== 'unknown') return atLower
    const blamed = capacity.limitingObjective === null ? '' : ` (“${capacity.limitingObjective}” failed there)`
    return { ...atLower, verdict, reason: `Not even the smallest load was borne${blamed}. ${atLower.reason}` }
  }
  return { text, verdict, actual: atLower?.actual ?? null, limit: value, unit: atLower?.unit ?? unit, reason }
}

interface OwnMetric {
  readonly value: number | null
  readonly unit: ObjectiveResult['unit']
  /** The truth is this or more, or this or less. */
  readonly bound: 'at least' | 'at most' | undefined
  readonly missing: string
}

function ownMetric(
  name: string,
  { kind, lower, upper, unit, headroom, overload }: CapacityResult,
  peak: number | undefined,
): OwnMetric | undefined {
  if (metricKind(name).kind !== 'elsewhere') return undefined
  // Loads beyond what is borne so far may be borne yet.
  if (kind === 'unfinished') return { value: null, unit: 'count', bound: undefined, missing: 'the end of the search' }
  const bound = kind === 'at-least' || kind === 'generator-limited' ? 'at least' : undefined
  switch (name) {
    case 'capacity': {
      const none = kind === 'fails-at-from' ? 0 : null
      return {
        value: lower ?? none,
        unit: unit === 'users' ? 'count' : 'perSec',
        bound: upper === null ? bound : undefined,
        missing: 'a load that was shown to be borne',
      }
    }
    case 'headroom':
      // The capacity is below a load that was not borne.
      if (kind === 'fails-at-from' && peak !== undefined && upper !== null)
        return { value: 1 - peak / upper, unit: 'ratio', bound: 'at most', missing: '' }
      return { value: headroom?.share ?? null, unit: 'ratio', bound, missing: 'a capacity, and `peak` in the test' }
    case 'degradation':
      return {
        value: overload?.score ?? null,
        unit: 'count',
        bound: undefined,
        missing: 'a capacity found from both sides, whose multiples can be held, and `overload` in the test',
      }
    default:
      return undefined
  }
}

function judgeOwn(objective: ObjectiveSpec, { value, unit, bound, missing }: OwnMetric): ObjectiveResult {
  const { text, metric, op, value: limit } = objective
  const { name } = metric
  const known = ['ratio', 'perSec', 'count'] as const
  const shown = known.find((one) => one === unit) ?? 'count'
  const said = (verdict: ObjectiveResult['verdict'], reason: string): ObjectiveResult => {
    return { text, verdict, actual: value, limit, unit, reason }
  }
  if (value === null) return said('unknown', `It needs ${missing}.`)
  const good = holds(value, objective)
  const figure = `${bound === undefined ? '' : `${bound} `}${formatValue(value, shown)}`
  // What is "at least" can prove a lower limit and disprove an upper one; what is "at most" the other way round.
  const isLowerLimit = op === '>' || op === '>='
  const isUpperLimit = op === '<' || op === '<='
  const proves = bound === 'at least' ? isLowerLimit : isUpperLimit
  const disproves = bound === 'at least' ? isUpperLimit : isLowerLimit
  if (bound !== undefined && !(good ? proves : disproves))
    return said('unknown', `${name} is ${figure}: the search ended there, so ${text} is not known.`)
  return said(
    good ? 'pass' : 'fail',
    `${name} was ${figure}; ${good ? 'the objective is' : 'it should be'} ${op} ${formatValue(limit, shown)}.`,
  )
}

/** What the search itself has to say about its answer. */
function searchChecks(
  { kind, trials, quick, lower, upper, irregular }: CapacityResult,
  { maxTrialSec }: CapacitySpec,
): readonly ValidityCheck[] {
  const voids = trials.filter(({ verdict }) => verdict === 'void').length
  const share = trials.length === 0 ? 0 : voids / trials.length
  const isConfirmed = trials.some(
    ({ purpose, load, verdict }) => purpose.startsWith('confirm') && load === lower && verdict === 'bears',
  )
  // Short trials show more capacity than there is: without a long one even "at least" is not shown.
  const noAnswer = kind === 'generator-limited' && !isConfirmed
  const limited: ValidityCheck = {
    id: 'void-trials',
    title: 'Trials that the generator limited',
    verdict: noAnswer ? 'void' : voids > 0 ? 'warn' : 'ok',
    value: share,
    limit: 0,
    unit: 'ratio',
    advice:
      'Void trials support no bound. Give the generator cores of its own (another machine, or `limits: { cpus }` for the target), or raise --workers.',
  }
  const confirmations = trials.filter(({ purpose, load }) => purpose.startsWith('confirm') && (load === lower || load === upper))
  const longest = Math.max(0, ...confirmations.map(({ plannedSec }) => plannedSec))
  // As long as the plan allows is most likely not as long as twenty relaxation times.
  const cut = kind === 'interval' && longest >= maxTrialSec
  const length: ValidityCheck = {
    id: 'trial-length',
    title: 'The answer rests on long trials',
    verdict: quick || cut ? 'warn' : 'ok',
    value: longest,
    limit: maxTrialSec,
    unit: 'sec',
    advice:
      'Short trials start with an empty queue and show more capacity than there is: search without `quick`, with a longer `maxTrial`.',
  }
  const inverted: ValidityCheck = {
    id: 'regular-search',
    title: 'Larger loads failed where smaller ones did',
    verdict: irregular.includes('inversion') ? 'warn' : 'ok',
    value: null,
    limit: null,
    unit: 'count',
    advice:
      'A larger load passed although a smaller one failed; the smaller one counts. Look for something periodic: batches, compaction, garbage collection.',
  }
  return [limited, length, inverted]
}
