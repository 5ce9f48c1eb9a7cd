import type { AttackResult } from '../../model/attack-result.ts'
import type { MetricUnit, ObjectiveSpec } from '../../model/objective-spec.ts'
import type { ObjectiveResult } from '../../model/run-result.ts'
import { formatValue } from '../format-value.ts'
import { holds } from '../holds.ts'

/** A figure of one attack; a bound where the truth is this or more. */
type Figure = { readonly value: number; readonly isBound?: boolean } | { readonly missing: string }

interface Measure {
  readonly unit: MetricUnit
  readonly of: (attack: AttackResult) => Figure
}

const known = (value: number | null | undefined, missing: string): Figure => (value == null ? { missing } : { value })

const measures: Readonly<Record<string, Measure>> = {
  blockedWithin: {
    unit: 'sec',
    of: ({ block, at, until }) => {
      if (block === null) return { missing: 'nothing was tried' }
      if (block.medianSec !== null) return { value: block.medianSec }
      // Half of the sources were still not blocked when it was over.
      return { value: (until ?? at ?? 0) - (at ?? 0), isBound: true }
    },
  },
  sourcesBlocked: { unit: 'ratio', of: ({ block }) => known(block?.share, 'nothing was tried') },
  legitimateBlocked: {
    unit: 'ratio',
    of: ({ legitimate }) => known(legitimate.blockedShare, 'the load made no request meanwhile'),
  },
  goodput: {
    unit: 'ratio',
    of: ({ legitimate, recovery }) => known(legitimate.goodput?.share, recovery?.reason ?? 'there was no load to compare with'),
  },
  connectionHeld: {
    unit: 'sec',
    of: ({ connections }) =>
      connections === null ? { missing: 'it held no connection' } : { value: connections.heldSec, isBound: connections.isBound },
  },
  audited: { unit: 'ratio', of: ({ audit }) => known(audit?.share, audit?.reason ?? 'it has no `auditCount`') },
}

const words: Readonly<
  Record<string, (attack: AttackResult) => { readonly word: string; readonly why: string } | { readonly missing: string }>
> = {
  denied: ({ denied, legitimate: { goodput }, recovery }) =>
    denied === null
      ? { missing: recovery?.reason ?? 'there was no load to compare with' }
      : {
          word: denied ? 'yes' : 'no',
          why: goodput === null ? '' : `${formatValue(goodput.share, 'ratio')} of the goodput was kept`,
        },
  enumeration: ({ enumeration }) =>
    enumeration === undefined || enumeration.verdict === 'unknown'
      ? { missing: enumeration?.reason ?? 'it compares no answer times' }
      : { word: enumeration.verdict, why: enumeration.reason },
}

/** Objectives on attacks: of the one in parentheses, or of each that has the figure. Undefined for any other metric. */
export function judgeAttackObjective(
  objective: ObjectiveSpec,
  attacks: readonly AttackResult[] | undefined,
): ObjectiveResult | undefined {
  const { name, selector } = objective.metric
  const measure = Object.hasOwn(measures, name) ? measures[name] : undefined
  const word = Object.hasOwn(words, name) ? words[name] : undefined
  if (measure === undefined && word === undefined) return undefined
  const unit = measure?.unit ?? 'count'
  const said = (verdict: ObjectiveResult['verdict'], actual: number | null, reason: string): ObjectiveResult => ({
    ...{ text: objective.text, verdict, actual, limit: objective.value, unit, reason },
  })
  const chosen = (attacks ?? []).filter((attack) => (selector === undefined ? fits(name, attack) : attack.id === selector.name))
  if (chosen.length === 0) return said('unknown', null, 'The test has no attack that tells it.')
  const never = chosen.find(({ at }) => at === null)
  if (never !== undefined) return said('unknown', null, `The attack "${never.id}" was not made: ${never.evidence}.`)
  if (word !== undefined)
    return judgeWords(
      objective,
      chosen.map((attack) => ({ id: attack.id, ...word(attack) })),
      said,
    )
  const figures = chosen.map((attack) => ({ id: attack.id, ...(measure?.of(attack) ?? { missing: '' }) }))
  return judgeFigures(objective, { unit, figures, said })
}

/** Without a name those are judged that the metric says something of. */
function fits(name: string, { connections, enumeration, audit }: AttackResult): boolean {
  if (name === 'connectionHeld') return connections !== null
  if (name === 'enumeration') return enumeration !== undefined
  return name !== 'audited' || audit !== undefined
}

type Said = (verdict: ObjectiveResult['verdict'], actual: number | null, reason: string) => ObjectiveResult

function judgeFigures(
  objective: ObjectiveSpec,
  {
    unit,
    figures,
    said,
  }: { readonly unit: MetricUnit; readonly figures: readonly ({ readonly id: string } & Figure)[]; readonly said: Said },
): ObjectiveResult {
  const { op, value: limit } = objective
  const isUpper = op === '<' || op === '<='
  const shown = (value: number, isBound = false): string => `${isBound ? 'more than ' : ''}${formatValue(value, unit)}`
  const told = figures.flatMap((one) => ('value' in one ? [one] : []))
  const worstFirst = told.toSorted((a, b) => (isUpper ? b.value - a.value : a.value - b.value))
  const broken = worstFirst.find(({ value, isBound }) =>
    isBound === true ? isUpper && value >= limit : !holds(value, objective),
  )
  if (broken !== undefined)
    return said(
      'fail',
      broken.isBound === true ? null : broken.value,
      `It was ${shown(broken.value, broken.isBound)} in the attack "${broken.id}"; it should be ${op} ${formatValue(limit, unit)}.`,
    )
  const missing = figures.find((one) => 'missing' in one)
  if (missing !== undefined && 'missing' in missing)
    return said('unknown', null, `The attack "${missing.id}": ${missing.missing}`)
  const open = worstFirst.find(({ isBound, value }) => isBound === true && !(!isUpper && value >= limit))
  if (open !== undefined)
    return said(
      'unknown',
      null,
      `It was ${shown(open.value, true)} in the attack "${open.id}", which was over before ${formatValue(limit, unit)}: let it go on for longer.`,
    )
  const [worst] = worstFirst
  if (worst === undefined) return said('unknown', null, 'Nothing was measured.')
  return said(
    'pass',
    worst.isBound === true ? null : worst.value,
    `It was ${shown(worst.value, worst.isBound)} in the attack "${worst.id}"; the objective is ${op} ${formatValue(limit, unit)}.`,
  )
}

function judgeWords(
  objective: ObjectiveSpec,
  each: readonly ({ readonly id: string } & ({ readonly word: string; readonly why: string } | { readonly missing: string }))[],
  said: Said,
): ObjectiveResult {
  const told = each.flatMap((one) => ('word' in one ? [one] : []))
  const broken = told.find(({ word }) => (word === objective.word) !== (objective.op === '='))
  const shown = ({ id, word, why }: (typeof told)[number]): string =>
    `In the attack "${id}" it was ${word}${why === '' ? '' : `: ${why}`}.`
  if (broken !== undefined) return { ...said('fail', null, shown(broken)), word: broken.word }
  const missing = each.find((one) => 'missing' in one)
  if (missing !== undefined && 'missing' in missing)
    return { ...said('unknown', null, `The attack "${missing.id}": ${missing.missing}`), word: 'unknown' }
  return { ...said('pass', null, told.map(shown).join(' ')), word: told[0]?.word ?? 'unknown' }
}
