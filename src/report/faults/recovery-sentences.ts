import type { FaultResult } from '../../model/run-result.ts'
import type { MetastableResult, RecoveryResult } from '../../model/recovery-result.ts'
import { ended } from '../capacity-sentences.ts'
import { count, digits, duration, percent, perSec } from '../numbers.ts'
import type { ResourceLine } from '../resource-sentences.ts'

const marks = { recovered: '✓', unaffected: '✓', 'not-recovered': '✗', unknown: '?' } as const

/** Whether and when a service was back after a fault, how bad it was, and what was lost, in one line. */
export function recoveryLine({ id, recovery }: FaultResult): ResourceLine | undefined {
  if (recovery === undefined) return undefined
  return { mark: marks[recovery.verdict], text: `${id}: ${recoverySentences(recovery).join(' ')}` }
}

export function recoverySentences(recovery: RecoveryResult): string[] {
  const { verdict, reason, metastable } = recovery
  return [
    // The reason of a recovery tells its time too.
    verdict === 'recovered' && reason !== '' ? ended(reason) : `${answer(recovery)}${reason === '' ? '' : ` ${ended(reason)}`}`,
    ...(verdict === 'unknown' ? [] : [harm(recovery)]),
    ...(metastable === null ? [] : [metastableSentence(metastable)]),
    capacitySentence(recovery),
  ].filter((sentence) => sentence !== '')
}

/** The answer alone: "recovered 3.0 s after its end". */
function answer({ verdict, sec, horizonSec, atLeastSec }: RecoveryResult): string {
  switch (verdict) {
    case 'recovered':
      return sec === 0 ? 'was well again as soon as it ended.' : `recovered ${duration(sec ?? 0)} after it ended.`
    case 'unaffected':
      return 'nothing was felt of it.'
    case 'not-recovered':
      return `not recovered: it takes longer than ${duration(atLeastSec ?? horizonSec)}, and no more was watched.`
    case 'unknown':
      return 'recovery not known.'
  }
}

function harm({ impact, lostWork, baseline, verdict }: RecoveryResult): string {
  if (verdict === 'unaffected') return ''
  const of = baseline === null ? ' of the good requests' : ` of the ${digits(baseline.goodputPerSec)} good requests a second`
  const parts = [
    ...(impact === null ? [] : [`at worst ${percent(impact)}${of} were missing`]),
    ...(lostWork === null ? [] : [`${count(lostWork)} good requests were lost in all`]),
  ]
  return parts.length === 0 ? '' : ended(parts.join(', ').replace(/^./, (first) => first.toUpperCase()))
}

const metastableWords = {
  no: 'It is not metastable.',
  yes: 'It is metastable: the cause is gone, and it stays down by itself.',
  'slow-recovery': 'It recovers slowly.',
  unknown: 'Whether it is metastable is not known.',
} as const

export function metastableSentence({ verdict, reason, amplification, escapePerSec, expectedSec }: MetastableResult): string {
  const parts = [
    metastableWords[verdict],
    ...(reason === '' ? [] : [ended(reason)]),
    ...(amplification === null
      ? []
      : [`Each request cost ${digits(amplification.bad)} ${amplification.of}, ${digits(amplification.good)} before.`]),
    ...(escapePerSec === null ? [] : [`It came back at ${perSec(escapePerSec)}.`]),
    ...(expectedSec === null ? [] : [`By its trend it takes ${duration(expectedSec)}.`]),
  ]
  return parts.join(' ')
}

/** What is known of the capacity after a fault, where something is. */
function capacitySentence({ stages: { capacity } }: RecoveryResult): string {
  if (capacity === null || capacity.verdict === 'not-asked') return ''
  return capacity.verdict === 'back'
    ? `Its capacity of ${perSec(capacity.perSec)} was back ${duration(capacity.sec ?? 0)} after the end.`
    : `Its capacity of ${perSec(capacity.perSec)} is not back: as much was asked for, and less than 95 % of it was good.`
}

function capacityNote(capacity: RecoveryResult['stages']['capacity']): string {
  if (capacity === null) return 'no capacity was searched for this mix of scenarios'
  const of = `95 % of ${perSec(capacity.perSec)}`
  return capacity.verdict === 'not-asked' ? `${of}: the load stayed below` : of
}

export interface Stage {
  readonly label: string
  /** Null: it did not come to that, or nothing shows it. */
  readonly sec: number | null
  /** Counts from the start of the fault, or from its end. */
  readonly from: 'start' | 'end'
  readonly note: string
}

/** The stages of D6, in their order. */
export function stagesOf({ stages, sec, verdict }: RecoveryResult): readonly Stage[] {
  return [
    { label: 'felt', sec: stages.impactSec, from: 'start', note: 'first of three bad seconds' },
    {
      label: 'detected',
      sec: stages.detectionSec,
      from: 'start',
      note: stages.detectedBy ?? 'first protective act seen from outside',
    },
    { label: 'goodput back', sec: stages.goodputSec, from: 'end', note: 'as many good requests as before, however slow' },
    { label: 'last loss', sec: stages.lastLossSec, from: 'end', note: 'last request that failed' },
    { label: 'latency back', sec: stages.latencySec, from: 'end', note: 'p99 within 10 % of before' },
    { label: 'queue empty', sec: stages.queueSec, from: 'end', note: 'no more requests in flight than before' },
    {
      label: 'drained',
      sec: stages.drainedSec,
      from: 'end',
      note: stages.drainedLast === null ? 'requests in flight, sockets and files as before' : `last: ${stages.drainedLast}`,
    },
    { label: 'capacity back', sec: stages.capacity?.sec ?? null, from: 'end', note: capacityNote(stages.capacity) },
    { label: 'recovered', sec: verdict === 'recovered' ? sec : null, from: 'end', note: 'first of five good seconds' },
  ]
}
