import type { FaultResult } from '../../../model/run-result.ts'
import type { RecoveryPoint, RecoveryResult } from '../../../model/recovery-result.ts'
import { recoverySentences, stagesOf } from '../../faults/recovery-sentences.ts'
import { capitalised } from '../../capacity-sentences.ts'
import { duration, unknown } from '../../numbers.ts'
import { rounded } from '../rounded.ts'
import type { PageRecovery } from './fault-data.ts'

/** The figure of one fault, or attack: goodput against what it was before, what was lost, and when it came back. */
export function pageRecovery(
  { id, at, clearedAt, recovery }: Pick<FaultResult, 'id' | 'at' | 'clearedAt' | 'recovery'>,
  word: PageRecovery['word'],
): PageRecovery[] {
  if (recovery === undefined) return []
  const { verdict, baseline, curve, sec, horizonSec } = recovery
  const end = recovery.clearedSec ?? clearedAt ?? curve.at(-1)?.sec ?? 0
  // Work is lost until it is back; where it never is, to the end of what was seen.
  const lostTo = verdict === 'recovered' && sec !== null ? end + sec : verdict === 'not-recovered' ? end + horizonSec : end
  const loses = at !== null && baseline !== null && verdict !== 'unaffected'
  const inLoss = (point: RecoveryPoint) => loses && point.sec >= Math.floor(at) && point.sec <= Math.ceil(lostTo)
  return [
    {
      id,
      word,
      verdict,
      sentences: recoverySentences(recovery).map(capitalised),
      fault: at === null ? null : { fromSec: at, toSec: end },
      x: curve.map((point) => point.sec),
      goodput: curve.map(({ goodput }) => rounded(goodput)),
      failed: curve.map(({ failed }) => rounded(failed)),
      p99: curve.map(({ p99Ms }) => (p99Ms === null ? null : rounded(p99Ms))),
      baseline: curve.map((point) => (inLoss(point) ? rounded(point.expected) : null)),
      floor: curve.map((point) => (inLoss(point) ? rounded(Math.min(point.expected, point.goodput)) : null)),
      marks: marksOf(recovery, at, end),
      stages: stagesOf(recovery).map((stage) => ({
        label: stage.label,
        value: stage.sec === null ? unknown : duration(stage.sec),
        from: stage.from === 'start' ? 'after it began' : 'after it ended',
        note: stage.note,
      })),
    },
  ]
}

function marksOf(recovery: RecoveryResult, at: number | null, end: number): PageRecovery['marks'] {
  if (at === null) return []
  return stagesOf(recovery).flatMap(({ label, sec, from }) =>
    sec === null ? [] : [{ label, sec: (from === 'start' ? at : end) + sec }],
  )
}
