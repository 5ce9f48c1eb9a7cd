import type { MetastableResult, RecoveryResult } from '../../model/recovery-result.ts'
import type { MetricUnit, ObjectiveSpec } from '../../model/objective-spec.ts'
import type { FaultResult, ObjectiveResult } from '../../model/run-result.ts'
import { formatValue } from '../format-value.ts'
import { holds } from '../holds.ts'

/** A fault, or an attack. */
type Disturbance = Pick<FaultResult, 'id' | 'at' | 'evidence' | 'recovery'> & { readonly word: 'fault' | 'attack' }

/** A figure of one of them. */
interface Figure {
  /** `fault "the outage"`. */
  readonly of: string
  readonly word: Disturbance['word']
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
  disturbances: readonly Disturbance[],
): ObjectiveResult | undefined {
  const { name, selector } = objective.metric
  const measure = Object.hasOwn(measures, name) ? measures[name] : undefined
  if (measure === undefined && name !== 'metastable') return undefined
  const unit = measure?.unit ?? 'count'
  if (disturbances.length === 0) return unknown(objective, unit, 'The test has no fault or attack to recover from.')
  const chosen = selector === undefined ? disturbances : disturbances.filter(({ id }) => id === selector.name)
  if (chosen.length === 0) return unknown(objective, unit, missingWords(selector?.name ?? '', disturbances))
  if (measure === undefined) return judgeMetastable(objective, chosen)
  return judgeFigures(
    objective,
    measure,
    chosen.map((one) => figureOf(one, measure)),
  )
}

function missingWords(name: string, disturbances: readonly Disturbance[]): string {
  const words = [...new Set(disturbances.map(({ word }) => word))]
  const ids = disturbances.map(({ id }) => id).join(', ')
  return `There is no ${words.join(' or ')} "${name}"; the ${words.map((word) => `${word}s`).join(' and ')} were: ${ids}.`
}

function named({ word, id }: Disturbance): string {
  return `${word} "${id}"`
}

function figureOf(one: Disturbance, { of }: Measure): Figure {
  const { word, at, evidence, recovery } = one
  if (recovery === undefined)
    return {
      ...{ of: named(one), word },
      value: null,
      isBound: false,
      reason: at === null ? `it never came to be: ${evidence}` : 'nothing was measured after it',
    }
  return { ...{ of: named(one), word }, ...of(recovery), reason: recovery.reason }
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
    `${words} ${one.isBound ? 'more than ' : ''}${formatValue(one.value, unit)} after the ${one.of}`
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
  if (missing !== undefined) return said('unknown', null, `The ${missing.of}: ${missing.reason}`)
  const open = known.find((one) => one.isBound && !((op === '>' || op === '>=') && one.value >= limit))
  if (open !== undefined)
    return said(
      'unknown',
      null,
      `${shown(open)}, and the load ended before ${formatValue(limit, unit)}: let it go on for longer after the ${open.word}.`,
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

function judgeMetastable(objective: ObjectiveSpec, disturbances: readonly Disturbance[]): ObjectiveResult {
  const { word, op, text } = objective
  const said = (verdict: ObjectiveResult['verdict'], reason: string, shown: Word = 'unknown'): ObjectiveResult => ({
    ...{ text, verdict, actual: null, limit: 0, unit: 'count', reason, word: shown },
  })
  const each = disturbances.map((one) => ({
    ...{ id: one.id, of: named(one) },
    verdict: one.recovery?.metastable?.verdict ?? 'unknown',
    reason: one.recovery?.metastable?.reason ?? one.recovery?.reason ?? 'nothing was measured after it',
  }))
  const known = each.filter(({ verdict }) => verdict !== 'unknown')
  const broken = known.find(({ verdict }) => isWord(verdict, word) !== (op === '='))
  if (broken !== undefined)
    return said('fail', `After the ${broken.of} metastable is ${broken.verdict}: ${broken.reason}`, broken.verdict)
  const open = each.find(({ verdict }) => verdict === 'unknown')
  if (open !== undefined) return said('unknown', `The ${open.of}: ${open.reason}`)
  return said('pass', `${known.map(({ id, verdict }) => `"${id}": ${verdict}`).join(', ')}.`, known[0]?.verdict)
}

function unknown({ text, value }: ObjectiveSpec, unit: MetricUnit, reason: string): ObjectiveResult {
  return { text, verdict: 'unknown', actual: null, limit: value, unit, reason }
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
