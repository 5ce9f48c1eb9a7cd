import type { FaultResult, TestResult } from '../../model/run-result.ts'
import { duration, perSec } from '../numbers.ts'
import { stagesOf } from '../faults/recovery-sentences.ts'
import { notTested } from '../not-tested.ts'
import { md, table } from './md.ts'

/** What to do when it happens in earnest: by each fault that was tried, from what was seen of it. */
export function procedures(tests: readonly TestResult[]): string[] {
  const seen = tests.flatMap((test) => (test.faults ?? []).flatMap((fault) => (fault.recovery === undefined ? [] : [fault])))
  if (seen.length === 0) return [notTested('faults'), '']
  const rows = seen.map((fault) => [md(fault.id), md(signOf(fault)), md(actionOf(fault)), md(doneWhen(fault))])
  return table(['when this happens', 'it shows by', 'what to do', 'it is over when'], rows, 4)
}

function signOf({ recovery }: FaultResult): string {
  const stages = recovery?.stages
  if (recovery?.verdict === 'unaffected') return 'nothing that users feel'
  const felt =
    stages?.impactSec === null || stages === undefined ? 'bad requests' : `bad requests after ${duration(stages.impactSec)}`
  return stages?.detectedBy === null || stages?.detectedBy === undefined ? felt : `${felt}; ${stages.detectedBy}`
}

function actionOf({ recovery }: FaultResult): string {
  const metastable = recovery?.metastable
  if (recovery?.verdict === 'recovered' || recovery?.verdict === 'unaffected')
    return 'Mend the cause and wait: it comes back by itself.'
  if (metastable?.verdict === 'yes')
    return metastable.escapePerSec === null
      ? 'Mending the cause is not enough: take load away until it recovers, then let it back slowly.'
      : `Mending the cause is not enough: take the load down to ${perSec(metastable.escapePerSec)}, then let it back slowly.`
  if (metastable?.verdict === 'slow-recovery')
    return `Mend the cause; it comes back by itself, slowly${metastable.expectedSec === null ? '' : `: in about ${duration(metastable.expectedSec)}`}. Less load makes it faster.`
  if (recovery?.verdict === 'not-recovered')
    return 'Mend the cause; if it is not back, restart it: it was not seen to come back by itself.'
  return 'Not known: the test did not show whether it comes back.'
}

function doneWhen({ recovery }: FaultResult): string {
  if (recovery?.verdict !== 'recovered') return recovery?.verdict === 'unaffected' ? 'the cause is gone' : 'not seen'
  const late = stagesOf(recovery)
    .filter(({ from, sec }) => from === 'end' && sec !== null)
    .toSorted((a, b) => (b.sec ?? 0) - (a.sec ?? 0))[0]
  return late?.sec === undefined || late.sec === null
    ? 'the cause is gone'
    : `${late.label}, ${duration(late.sec)} after the cause is gone`
}
