import type { AttackResult } from '../../model/attack-result.ts'
import { ended } from '../capacity-sentences.ts'
import { count, duration, ms, percent, perSec, unknown } from '../numbers.ts'
import type { ResourceLine } from '../resource-sentences.ts'

const marks = { PASS: '✓', FAIL: '✗', UNKNOWN: '?' } as const
const words = { PASS: 'borne', FAIL: 'not borne', UNKNOWN: 'not known' } as const

/** What came of an attack, in one line. */
export function attackLine(attack: AttackResult): ResourceLine {
  const { id, verdict, reason } = attack
  return { mark: marks[verdict], text: `${id}: ${words[verdict]}. ${ended(reason)} ${attackSentences(attack).join(' ')}`.trim() }
}

/** What the target did with it, and what legitimate users felt: one sentence each. */
export function attackSentences(attack: AttackResult): readonly string[] {
  return [
    triesSentence(attack),
    blockSentence(attack),
    connectionSentence(attack),
    userSentence(attack),
    searchSentence(attack),
    ...(attack.enumeration === undefined ? [] : [attack.enumeration.reason]),
    ...(attack.audit === undefined ? [] : [attack.audit.reason]),
  ].filter((sentence) => sentence !== '')
}

function triesSentence({ tries: { sent, passed, blocked, dropped, silent, capped }, sources }: AttackResult): string {
  if (sent === 0) return ''
  const what = [
    `${count(passed)} answered`,
    `${count(blocked)} blocked`,
    ...(dropped > 0 ? [`${count(dropped)} dropped`] : []),
    ...(silent > 0 ? [`${count(silent)} without an answer`] : []),
    ...(capped > 0 ? [`${count(capped)} left out by a cap`] : []),
  ]
  return `${count(sent)} tries from ${sources === 1 ? 'one address' : `${count(sources)} addresses`}: ${what.join(', ')}.`
}

function blockSentence({ block, sources }: AttackResult): string {
  if (block === null || block.sources === 0) return ''
  const { firstSec, medianSec, triesBefore, passedAfter } = block
  const first = firstSec === null ? '' : ` The first was blocked after ${duration(firstSec)}`
  const middle = medianSec === null ? '' : `, the median one after ${duration(medianSec)}`
  const tries = triesBefore === null ? '' : ` and ${count(triesBefore)} answered tries`
  const after = passedAfter === null || passedAfter === 0 ? '' : ` After that ${percent(passedAfter)} of the tries got through.`
  return `Blocked: ${count(block.sources)} of ${count(sources)} sources.${first}${middle}${tries}${first === '' ? '' : '.'}${after}`
}

function connectionSentence({ connections }: AttackResult): string {
  if (connections === null) return ''
  const { opened, mostOpen, ended: over, held, outcome, heldSec, isBound } = connections
  const closed =
    held === null
      ? ''
      : `, ${count(over)} were closed after ${duration(held.meanSec)} (${duration(held.minSec)} to ${duration(held.maxSec)})`
  const kept = isBound ? `; the longest was open to the end of the attack, for ${duration(heldSec)}` : ''
  return outcome === 'refused'
    ? `Connections were refused: ${count(mostOpen)} at most were open.`
    : `Of ${count(opened)} connections ${count(mostOpen)} were open at most${closed}${kept}.`
}

function userSentence({ legitimate: { goodput, before, during, blocked } }: AttackResult): string {
  if (during === null) return ''
  const kept =
    goodput === null
      ? ''
      : `kept ${percent(Math.min(1, goodput.share))} of their goodput (95 % interval ${percent(goodput.low)} to ${percent(goodput.high)}, at worst ${percent(goodput.worst)})`
  const p95 = before === null ? '' : `p95 ${ms(before.p95Ms)} before, ${ms(during.p95Ms)} during`
  const stopped = blocked === 0 ? '' : `${count(blocked)} of their requests were blocked`
  const parts = [kept, p95, stopped].filter((part) => part !== '')
  return parts.length === 0 ? '' : `Legitimate users: ${parts.join('; ')}.`
}

function searchSentence({ search }: AttackResult): string {
  if (search === undefined || search.steps.length === 0) return ''
  const { deniesAt, bears } = search
  if (deniesAt === null) return `Service was not denied up to ${perSec(bears)}.`
  return `The smallest attack that denied service had ${perSec(deniesAt)}${bears === null ? '; nothing below it was tried' : `; ${perSec(bears)} did not`}.`
}

/** Columns of a table of attacks, for a page and a document alike. */
export const attackHeadings = [
  'Attack',
  'When',
  'Sources',
  'Tries',
  'Blocked',
  'Blocked after',
  'Goodput kept',
  'p95',
  'Recovery',
] as const

export function attackCells(attack: AttackResult): readonly string[] {
  const { id, at, until, sources, tries, block, legitimate, recovery } = attack
  const { before, during, goodput } = legitimate
  const back =
    recovery === undefined || recovery.verdict === 'unknown'
      ? unknown
      : recovery.verdict === 'not-recovered'
        ? 'not seen'
        : duration(recovery.sec ?? 0)
  return [
    id,
    at === null ? 'not made' : `${duration(at)} to ${until === null ? unknown : duration(until)}`,
    count(sources),
    count(tries.sent),
    block === null ? unknown : percent(block.share),
    block?.medianSec == null ? unknown : duration(block.medianSec),
    goodput === null ? unknown : percent(Math.min(1, goodput.share)),
    during === null ? unknown : `${ms(before?.p95Ms)} → ${ms(during.p95Ms)}`,
    back,
  ]
}
