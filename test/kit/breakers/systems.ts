import type { BreakerVerdict } from '../../../src/model/breaker-result.ts'
import type { SimulatedBreakerRun } from './simulate.ts'
import type { BreakerTruth } from './simulated-breaker.ts'
import { correct } from './simulated-breaker.ts'

export interface BreakerSystem extends Omit<SimulatedBreakerRun, 'seed'> {
  readonly name: string
  readonly expected: BreakerVerdict
}

/** No call has a time-out. */
const patient: BreakerTruth = { opens: { after: 5 }, waitSec: 2, probes: 1 }
const byShare = { opens: { share: 0.5, windowSec: 10, least: 10 } } as const

/** Breakers whose truth is known: correct ones in several ways of building them, and one of each defect. */
export const breakerSystems: readonly BreakerSystem[] = [
  { name: 'correct: five failures in a row', expected: 'OK', truth: correct },
  { name: 'correct: half of ten seconds', expected: 'OK', truth: { ...correct, ...byShare } },
  { name: 'correct: waits longer each time', expected: 'OK', truth: { ...correct, backOff: 2 } },
  { name: 'correct: tries with three calls, waits 1 s', expected: 'OK', truth: { ...correct, probes: 3, waitSec: 1 } },
  { name: 'correct: waits 10 s', expected: 'OK', truth: { ...correct, waitSec: 10 } },
  { name: 'correct: has a fallback', expected: 'OK', truth: { ...correct, fallback: true } },
  { name: 'correct: every third request needs it', expected: 'OK', truth: correct, needs: 0.33, perSec: 90 },
  { name: 'correct: 20 requests a second', expected: 'OK', truth: correct, perSec: 20 },
  { name: 'correct, another dependency beside it', expected: 'OK', truth: correct, second: 'isolated' },
  { name: 'correct, five minutes', expected: 'OK', truth: correct, seconds: 300 },
  { name: 'correct, before PostgreSQL', expected: 'OK', truth: correct, protocol: 'postgres' },
  { name: 'correct, before bytes that nobody knows', expected: 'OK', truth: correct, protocol: 'tcp' },
  { name: 'no breaker', expected: 'ABSENT', truth: { ...correct, absent: true } },
  { name: 'no breaker, no time-out', expected: 'ABSENT', truth: { ...patient, absent: true } },
  { name: 'never opens', expected: 'NEVER_OPENS', truth: { ...correct, neverOpens: true, fallback: true } },
  { name: 'leaks 5 %', expected: 'LEAKY', truth: { ...correct, leak: 0.05 } },
  { name: 'leaks 20 %', expected: 'LEAKY', truth: { ...correct, leak: 0.2 } },
  { name: 'stuck open', expected: 'STUCK_OPEN', truth: { ...correct, neverTries: true } },
  { name: 'stuck half open on a hanging try', expected: 'STUCK_HALF_OPEN', truth: { ...correct, waitsForProbe: true } },
  { name: 'the same, no call has a time-out', expected: 'STUCK_HALF_OPEN', truth: patient },
  {
    ...{ name: 'stuck half open, before bytes that nobody knows', expected: 'STUCK_HALF_OPEN' },
    ...{ truth: { ...correct, waitsForProbe: true }, protocol: 'tcp' },
  },
  { name: 'floods while half open', expected: 'STAMPEDE', truth: { ...correct, probes: Infinity } },
  { name: 'opens on 4xx', expected: 'MISCLASSIFIES', truth: { ...correct, countsClientErrors: true } },
  { name: 'resets are no failures to it', expected: 'MISCLASSIFIES', truth: { ...correct, ignores: 'resets' } },
  { name: 'time-outs are no failures to it', expected: 'MISCLASSIFIES', truth: { ...correct, ignores: 'time-outs' } },
  { name: 'errors are no failures to it', expected: 'MISCLASSIFIES', truth: { ...correct, ignores: 'errors' } },
  { name: 'takes 0.6 s to say no', expected: 'SLOW_FAIL', truth: { ...correct, refusalSec: 0.6 } },
  { name: 'one failure opens it', expected: 'PREMATURE', truth: { ...correct, opens: { after: 1 } } },
  {
    name: 'flaps: forgets its failures but one when it closes',
    expected: 'FLAPPING',
    truth: { ...correct, remembers: true, closesHalfway: true },
  },
  { name: 'forgets nothing', expected: 'STALE_WINDOW', truth: { ...correct, remembers: true }, seconds: 240 },
  {
    ...{ name: 'opens for another dependency as well', expected: 'NOT_ISOLATED' },
    ...{ truth: { ...correct, ...byShare }, second: 'shares the breaker' },
  },
]
