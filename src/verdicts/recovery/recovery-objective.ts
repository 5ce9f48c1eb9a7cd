import type { MetastableResult, RecoveryResult } from '../../model/recovery-result.ts'
import type { MetricUnit, ObjectiveSpec } from '../../model/objective-spec.ts'
import type { FaultResult, ObjectiveResult } from '../../model/run-result.ts'
import { formatValue } from '../format-value.ts'
import { holds } from '../holds.ts'

/** A fault, or an attack. */
type Disturbance = Pick<FaultResult, 'id' | 'at' | 'evidence' | 'recovery'>

/** A figure of one fault. */
interface Figure {
  readonly fault: string
  /** Null: not known, for the reason. */
  readonly value: number | null
  /** The truth is this or more: the service was not seen to recover. */
  readonly isBound: boolean
  readonly reason: string
}

interface Measure {
  readonly unit: MetricUnit
  /** "the slowest recovery was". */
  readonly words: string
  readonly of: (recovery: RecoveryResult) => { readonly value: number | null; readonly isBound: boolean }
}

const measures: Readonly<Record<string, Measure>> = {
  recovery: {
    unit: 'sec',
    words: 'recovery took',
    of: ({ verdict, sec, atLeastSec }) =>
      verdict === 'not-recovered' ? { value: atLeastSec, isBound: true } : { value: sec, isBound: false },
  },
  impact: {
    unit: 'ratio',
    words: 'the goodput lost in the worst second was',
    of: ({ impact }) => ({ value: impact, isBound: false }),
  },
  lostWork: {
    unit: 'count',
    words: 'the requests that would have been good were',
    of: ({ verdict, lostWork }) => ({ value: lostWork, isBound: verdict === 'not-recovered' }),
  },
}

/**
 * Objectives on what faults did: `recovery`, `impact`, `lostWork` and `metastable`, of the fault in parentheses or of the worst. Undefined for any other metric.
 * A service that was not seen to recover took longer than was watched: that fails a limit that is shorter, and says nothing of a longer one.
 */
export function judgeRecoveryObjective(
  objective: ObjectiveSpec,
  faults: readonly Disturbance[] | undefined,
): ObjectiveResult | undefined {
  const { name, selector } = objective.metric
  const measure = Object.hasOwn(measures, name) ? measures[name] : undefined
  if (measure === undefined && name !== 'metastable') return undefined
  const unit = measure?.unit ?? 'count'
  if (faults === undefined || faults.length === 0) return unknown(objective, unit, 'The test has no fault to recover from.')
  const chosen = selector === undefined ? faults : faults.filter(({ id }) => id === selector.name)
  if (chosen.length === 0)
    return unknown(
      objective,
      unit,
      `There is no fault "${selector?.name ?? ''}"; the faults were: ${faults.map(({ id }) => id).join(', ')}.`,
    )
  if (measure === undefined) return judgeMetastable(objective, chosen)
  return judgeFigures(
    objective,
    measure,
    chosen.map((fault) => figureOf(fault, measure)),
  )
}

function figureOf({ id, at, evidence, recovery }: Disturbance, { of }: Measure): Figure {
  if (recovery === undefined)
    return {
      fault: id,
      value: null,
      isBound: false,
      reason: at === null ? `it never came to be: ${evidence}` : 'nothing was measured after it',
    }
  return { fault: id, ...of(recovery), reason: recovery.reason }
}

function judgeFigures(objective: ObjectiveSpec, { unit, words }: Measure, figures: readonly Figure[]): ObjectiveResult {
  const { op, value: limit } = objective
  const isUpperLimit = op === '<' || op === '<='
  const known = figures.filter((one): one is Figure & { readonly value: number } => one.value !== null)
  const broken = known.filter((one) =>
    // "More than x" breaks a limit of x itself.
    one.isBound ? isUpperLimit && one.value >= limit : !holds(one.value, objective),
  )
  const shown = (one: Figure & { readonly value: number }): string =>
    `${words} ${one.isBound ? 'more than ' : ''}${formatValue(one.value, unit)} after the fault "${one.fault}"`
  const worstFirst = (a: { readonly value: number }, b: { readonly value: number }): number => b.value - a.value
  const [worstBroken] = broken.toSorted(worstFirst)
  const said = (verdict: ObjectiveResult['verdict'], actual: number | null, reason: string): ObjectiveResult => ({
    ...{ text: objective.text, verdict, actual, limit, unit },
    reason: upperFirst(reason),
  })
  if (worstBroken !== undefined)
    return said(
      'fail',
      worstBroken.isBound ? null : worstBroken.value,
      `${shown(worstBroken)}; it should be ${op} ${formatValue(limit, unit)}. ${worstBroken.reason}`,
    )
  const missing = figures.find(({ value }) => value === null)
  if (missing !== undefined) return said('unknown', null, `The fault "${missing.fault}": ${missing.reason}`)
  const open = known.find((one) => one.isBound && !((op === '>' || op === '>=') && one.value >= limit))
  if (open !== undefined)
    return said(
      'unknown',
      null,
      `${shown(open)}, and the load ended before ${formatValue(limit, unit)}: let it go on for longer after the fault.`,
    )
  const [worst] = known.toSorted(worstFirst)
  if (worst === undefined) return said('unknown', null, 'Nothing was measured.')
  return said('pass', worst.isBound ? null : worst.value, `${shown(worst)}; the objective is ${op} ${formatValue(limit, unit)}.`)
}

type Word = MetastableResult['verdict']

/** A slow recovery is no metastable failure: it is a `no` as well. */
function isWord(verdict: Word, word: string | undefined): boolean {
  return verdict === word || (word === 'no' && verdict === 'slow-recovery')
}

function judgeMetastable(objective: ObjectiveSpec, faults: readonly Disturbance[]): ObjectiveResult {
  const { word, op, text } = objective
  const said = (verdict: ObjectiveResult['verdict'], reason: string, shown: Word = 'unknown'): ObjectiveResult => ({
    ...{ text, verdict, actual: null, limit: 0, unit: 'count', reason, word: shown },
  })
  const each = faults.map(({ id, recovery }) => ({
    fault: id,
    verdict: recovery?.metastable?.verdict ?? 'unknown',
    reason: recovery?.metastable?.reason ?? recovery?.reason ?? 'nothing was measured after it',
  }))
  const known = each.filter(({ verdict }) => verdict !== 'unknown')
  const broken = known.find(({ verdict }) => isWord(verdict, word) !== (op === '='))
  if (broken !== undefined)
    return said('fail', `After the fault "${broken.fault}" metastable is ${broken.verdict}: ${broken.reason}`, broken.verdict)
  const open = each.find(({ verdict }) => verdict === 'unknown')
  if (open !== undefined) return said('unknown', `The fault "${open.fault}": ${open.reason}`)
  return said('pass', `${known.map(({ fault, verdict }) => `"${fault}": ${verdict}`).join(', ')}.`, known[0]?.verdict)
}

function unknown({ text, value }: ObjectiveSpec, unit: MetricUnit, reason: string): ObjectiveResult {
  return { text, verdict: 'unknown', actual: null, limit: value, unit, reason }
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
