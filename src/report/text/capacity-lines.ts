import type { CapacityResult, OverloadResult, TrialResult } from '../../model/capacity-result.ts'
import {
  answerSentences,
  cautionSentences,
  costSentence,
  headroomSentence,
  limitSentences,
  overloadSentences,
  shapeSentences,
} from '../capacity-sentences.ts'
import { failureWords, loadText, trialWords } from '../capacity-words.ts'
import { duration, ms, percent, perSec, unknown } from '../numbers.ts'
import { oneLine } from '../plain-text.ts'
import { heading, indented, marked } from './style.ts'
import type { Style } from './style.ts'
import { textTable, textWidth } from './table.ts'

/** What a search found, for somebody who has never seen one. */
export function capacityLines(capacity: CapacityResult, style: Style): string[] {
  const { c } = style
  const lines = [heading('Capacity', style)]
  for (const sentence of [...answerSentences(capacity), ...limitSentences(capacity)]) lines.push(...indented(sentence, style))
  const headroom = headroomSentence(capacity)
  if (headroom !== null) lines.push(...indented(headroom, style))
  for (const sentence of cautionSentences(capacity)) lines.push(...marked('!', sentence, style, c.yellow))
  lines.push('', ...trials(capacity, style))
  for (const sentence of shapeSentences(capacity)) lines.push(...indented(sentence, style).map((line) => c.dim(line)))
  lines.push(...indented(`Cost of the search: ${costSentence(capacity)}`, style).map((line) => c.dim(line)), '')
  if (capacity.overload !== null) lines.push(...overload(capacity, capacity.overload, style), '')
  return lines
}

/** Enough to see how the search closed in; what came before is in the page. */
const mostTrials = 20

interface Column {
  readonly head: string
  readonly cell: (trial: TrialResult) => string
  readonly left?: true
  /** Left out when the whole is too wide, the lowest first. */
  readonly rank?: number
}

function trialColumns(unit: CapacityResult['unit']): readonly Column[] {
  return [
    {
      head: 'trial',
      // Which end is confirmed, its load says.
      cell: ({ trial, purpose }) => `${trial} ${purpose.startsWith('confirm') ? 'confirm' : trialWords[purpose]}`,
      left: true,
    },
    { head: 'load', cell: ({ load }) => loadText(load, unit) },
    { head: 'for', cell: heldFor, rank: 2 },
    { head: 'goodput', cell: ({ goodput }) => perSec(goodput) },
    { head: 'p50', cell: ({ p50 }) => ms(p50), rank: 1 },
    { head: 'p95', cell: ({ p95 }) => ms(p95) },
    { head: 'p99', cell: ({ p99 }) => ms(p99), rank: 4 },
    { head: 'errors', cell: ({ errorRate }) => percent(errorRate), rank: 3 },
    { head: 'result', cell: ({ verdict }) => verdict, left: true },
    { head: '', cell: whyOf, left: true, rank: 5 },
  ]
}

function trials({ trials: all, unit }: CapacityResult, { c, width }: Style): string[] {
  const searched = all.filter(({ factor }) => factor === null)
  const shown = searched.slice(-mostTrials)
  if (shown.length === 0) return []
  let columns = trialColumns(unit)
  const draw = (within: number) =>
    textTable([columns.map(({ head }) => head), ...shown.map((one) => columns.map(({ cell }) => cell(one)))], {
      width: within,
      left: columns.flatMap(({ left }, i) => (left ? [i] : [])),
    })
  for (let rank = 1; rank <= 5 && draw(Infinity).some((line) => textWidth(line) > width); rank++)
    columns = columns.filter((column) => column.rank !== rank)
  const [first = '', ...lines] = draw(width)
  const painted = lines.map((line, i) => trialColour(shown[i], c)(line))
  const left = searched.length - shown.length
  return [c.dim(first), ...painted, ...(left > 0 ? [c.dim(`  … and ${left} trials before these in the page`)] : [])]
}

/** `30 s`, or `12 s / 30 s` of a trial that was ended early. */
function heldFor({ fromSec, toSec, plannedSec }: TrialResult): string {
  const held = toSec - fromSec
  return held < plannedSec - 1 ? `${duration(held)} / ${duration(plannedSec)}` : duration(held)
}

function whyOf({ verdict, class: name, growing, voidBy, end }: TrialResult): string {
  if (verdict === 'void') return oneLine(voidBy.join(', '), 30)
  const parts = name === 'healthy' ? [] : [failureWords[name].name]
  if (growing) parts.push('growing')
  if (end === 'stopped' || end === 'target-died' || end === 'interrupted') parts.push(end === 'target-died' ? 'target died' : end)
  return parts.join(', ')
}

function trialColour(trial: TrialResult | undefined, c: Style['c']): (text: string) => string {
  if (trial?.verdict === 'fails') return c.red
  return trial?.verdict === 'void' ? c.yellow : String
}

function overload(capacity: CapacityResult, { points }: OverloadResult, style: Style): string[] {
  const { c, width } = style
  const head = ['times', 'load', 'goodput', 'kept', 'p99 accepted', 'errors', 'class']
  const rows = points.map((one) => [
    `× ${one.factor}`,
    loadText(one.offered, capacity.unit),
    perSec(one.goodput),
    one.class === 'generator-limited' ? unknown : percent(one.retained),
    ms(one.acceptedP99),
    percent(one.errorRate),
    failureWords[one.class].name,
  ])
  const [first = '', ...lines] = textTable([head, ...rows], { width, left: [0, 6] })
  const sentences = overloadSentences(capacity).flatMap((sentence) => indented(sentence, style))
  return [heading('Beyond the capacity', style), ...(points.length > 0 ? [c.dim(first), ...lines] : []), ...sentences]
}
