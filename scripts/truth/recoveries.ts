import { recoveriesOf } from '../../src/analysis/index.ts'
import type { RecoveryResult } from '../../src/model/recovery-result.ts'
import { outageRecord, outageTest } from '../../test/kit/outage-record.ts'
import type { OutageRecordOptions } from '../../test/kit/outage-record.ts'
import * as systems from '../../test/kit/simulated-outages.ts'
import type { OutageLoad, OutageSystem, SimulatedOutage } from '../../test/kit/simulated-outages.ts'
import type { TruthCase, TruthRow } from './row.ts'
import { runCase } from './row.ts'

const atSec = 13

interface Outage {
  readonly name: string
  readonly system: OutageSystem
  readonly perSec: number
  readonly seconds?: number
  readonly forSec?: number
  readonly limitSec?: number
  readonly process?: OutageLoad['process']
  readonly record?: OutageRecordOptions
  /** Load of the last 30 seconds, where it is another. */
  readonly atLastPerSec?: number
  readonly capacityPerSec?: number
}

interface Judged {
  readonly recovery: RecoveryResult
  readonly outage: SimulatedOutage
  readonly clearedSec: number
}

function judge(one: Outage, seed: number): Judged {
  const { system, perSec, seconds = 90, forSec = 7, limitSec = Infinity, process = 'poisson', record = {} } = one
  const { atLastPerSec, capacityPerSec } = one
  const stages = [{ perSec, sec: seconds }, ...(atLastPerSec === undefined ? [] : [{ perSec: atLastPerSec, sec: 30 }])]
  const load: OutageLoad = { seed, process, stages, atSec, forSec }
  const outage = system(load)
  const test = outageTest(outageRecord(load, outage, record))
  const [recovery] = recoveriesOf(test, { kind: 'request', limitSec, capacityPerSec })
  if (recovery == null) throw new Error('there was no fault')
  return { recovery, outage, clearedSec: atSec + forSec }
}

/** A time is right within one window, or 5 %. */
const isRight = (said: number | null, truth: number): boolean =>
  said !== null && Math.abs(said - truth) <= Math.max(1, 0.05 * truth)

const right = 'within a window or 5 %'

/** When the last request of the outage and of its drain was due that took longer than this, in seconds after the outage: the truth of one run with Poisson arrivals. */
function lastLateSec({ outage, clearedSec }: Judged, limitSec: number): number {
  const late = outage.requests.filter(({ due, end }) => end - due > limitSec && due >= atSec)
  const [first] = late
  if (first === undefined) return 0
  let last = first.due
  // What is late by chance, long after, belongs to no drain.
  for (const { due } of late) if (due - last < 3) last = due
  return Math.max(0, last - clearedSec)
}

/** What would have been good, had it not come between the fault and the recovery. */
function lateCount({ outage, recovery, clearedSec }: Judged, limitSec: number): number {
  const until = clearedSec + (recovery.sec ?? 0)
  return outage.requests.filter(
    ({ due, end, outcome }) => due >= atSec && due < until && (outcome !== 'ok' || end - due > limitSec),
  ).length
}

interface Drain {
  readonly perSec: number
  readonly rate: number
  readonly forSec: number
  readonly limitSec: number
}

const drains: readonly Drain[] = [
  { perSec: 55, rate: 90, forSec: 7, limitSec: 0.4 },
  { perSec: 30, rate: 41, forSec: 11, limitSec: 1.2 },
  { perSec: 110, rate: 300, forSec: 16, limitSec: 0.25 },
]

const drainCases: readonly TruthCase[] = drains.flatMap((drain) => {
  const { perSec, rate, forSec, limitSec } = drain
  const name = `${String(perSec)}/s, outage of ${String(forSec)} s, drain at ${String(rate)}/s, L = ${String(limitSec)} s`
  const outage: Outage = { name, system: systems.fifoDrain(rate), perSec, forSec, limitSec }
  const goodAgain = (perSec * forSec - rate * (limitSec - 1 / rate)) / (rate - perSec)
  const empty = (perSec * forSec) / (rate - perSec)
  return [
    {
      ...{ detector: 'goodput back', system: `${name}, by the formula`, expected: right, isBroken: true },
      say: (seed) => {
        const { goodputSec } = judge({ ...outage, process: 'uniform' }, seed).recovery.stages
        return isRight(goodputSec, goodAgain) ? right : String(goodputSec)
      },
    },
    {
      ...{ detector: 'recovery, queue empty', system: `${name}, by the formula`, expected: right, isBroken: true },
      say: (seed) => {
        const { sec, stages } = judge({ ...outage, process: 'uniform' }, seed).recovery
        return isRight(sec, empty) && isRight(stages.queueSec, empty) ? right : `${String(sec)}, ${String(stages.queueSec)}`
      },
    },
    {
      ...{ detector: 'goodput back', system: `${name}, Poisson`, expected: right, isBroken: true, promise: 0.05 },
      say: (seed) => {
        const judged = judge(outage, seed)
        const truth = lastLateSec(judged, limitSec)
        const { goodputSec } = judged.recovery.stages
        return isRight(goodputSec, truth) ? right : `${String(goodputSec)} for ${truth.toFixed(1)}`
      },
    },
    {
      ...{ detector: 'lost work', system: `${name}, Poisson`, expected: 'within 5 %', isBroken: true, promise: 0.05 },
      say: (seed) => {
        const judged = judge(outage, seed)
        const truth = lateCount(judged, limitSec)
        const share = (judged.recovery.lostWork ?? 0) / truth - 1
        return Math.abs(share) <= 0.05 ? 'within 5 %' : `${(100 * share).toFixed(0)} % off`
      },
    },
  ]
})

const kindOf = (one: Outage, expected: RecoveryResult['verdict'], isBroken: boolean, promise = 0): TruthCase => ({
  ...{ detector: 'recovery', system: one.name, expected, isBroken, promise },
  say: (seed) => judge(one, seed).recovery.verdict,
})

const drained = systems.fifoDrain(90)

const capacityCase = (name: string, system: OutageSystem, atLastPerSec: number, expected: string): TruthCase => ({
  ...{ detector: 'capacity back', system: name, expected, isBroken: expected === 'missing', promise: 0.05 },
  say: (seed) => {
    const one: Outage = { name, system, perSec: 50, seconds: 45, limitSec: 0.5, atLastPerSec, capacityPerSec: 120 }
    return judge(one, seed).recovery.stages.capacity?.verdict ?? 'unknown'
  },
})

const capacityCases: readonly TruthCase[] = [
  capacityCase('a queue of 140/s, asked for 120/s after its outage', systems.fifoDrain(140), 120, 'back'),
  capacityCase('the same with 80 % of its rate from the outage on', systems.slowerAfter(140, 0.8), 120, 'missing'),
  capacityCase('the same with half of its rate', systems.slowerAfter(140, 0.5), 120, 'missing'),
  capacityCase('half of its rate, asked for 60/s', systems.slowerAfter(140, 0.5), 60, 'not-asked'),
]

const verdictCases: readonly TruthCase[] = [
  {
    ...{ detector: 'recovery', system: 'deadline-dropping queue, 60/s, C = 90/s, T = 2 s', expected: right, isBroken: true },
    say: (seed) => {
      const one: Outage = { name: '', system: systems.deadlineQueue(90, 2), perSec: 60, process: 'uniform' }
      const { sec } = judge(one, seed).recovery
      return isRight(sec, (60 * 2) / 30) ? right : String(sec)
    },
  },
  {
    ...{ detector: 'recovery', system: 'starts in 3 s, slow for 11 s more', expected: right, isBroken: true, promise: 0.05 },
    say: (seed) => {
      const system = systems.restarting({ startSec: 3, warmSec: 11, slow: 4 })
      const { sec } = judge({ name: '', system, perSec: 80, record: { fault: { kind: 'kill', on: 'target' } } }, seed).recovery
      return isRight(sec, 14) ? right : String(sec)
    },
  },
  kindOf(
    { name: 'a service that a fault does nothing to, 60/s', system: systems.untouched, perSec: 60 },
    'unaffected',
    false,
    0.05,
  ),
  kindOf(
    { name: 'a service that a fault does nothing to, 15/s', system: systems.untouched, perSec: 15 },
    'unaffected',
    false,
    0.05,
  ),
  kindOf(
    { name: 'a queue at 0.6 of its rate, 60/s, that a fault does nothing to', system: systems.lateQueue(100, 0), perSec: 60 },
    'unaffected',
    false,
    0.05,
  ),
  {
    ...{
      detector: 'recovery',
      system: 'the same, late by 0.3 s while the fault is there',
      expected: right,
      isBroken: true,
      promise: 0.1,
    },
    say: (seed) => {
      const { sec } = judge({ name: '', system: systems.lateQueue(100, 0.3), perSec: 60 }, seed).recovery
      return isRight(sec, 0) ? right : String(sec)
    },
  },
  kindOf(
    { name: 'a third of its requests fails from then on', system: systems.neverBack(0.33), perSec: 60 },
    'not-recovered',
    true,
  ),
  kindOf(
    { name: 'one request in ten fails from then on', system: systems.neverBack(0.1), perSec: 60 },
    'not-recovered',
    true,
    0.05,
  ),
  kindOf(
    { name: 'a drain of 14 s, watched for 10', system: drained, perSec: 60, seconds: atSec + 7 + 10 },
    'not-recovered',
    true,
  ),
  kindOf({ name: 'a drain of 14 s, watched for 30', system: drained, perSec: 60, seconds: atSec + 7 + 30 }, 'recovered', false),
]

/** C / (r + 1) is 30/s. */
const rate = 90
const storm = systems.retryStorm({ rate, timeoutSec: 0.8, retries: 2 })
const boundary = rate / 3

type Word = NonNullable<RecoveryResult['metastable']>['verdict']

const metastable = (one: Outage, expected: Word, isBroken: boolean, promise = 0): TruthCase => ({
  ...{ detector: 'metastable', system: one.name, expected, isBroken, promise },
  say: (seed) => judge(one, seed).recovery.metastable?.verdict ?? 'unknown',
})

const stormAt = (share: number, more: Partial<Outage> = {}): Outage => ({
  ...{ name: `retry storm at ${String(share)} C/(r + 1)`, system: storm, perSec: share * boundary, seconds: 170 },
  ...more,
})

const metastableCases: readonly TruthCase[] = [
  metastable(stormAt(1.2), 'yes', true, 0.05),
  metastable(stormAt(1.6), 'yes', true, 0.05),
  metastable(stormAt(0.8), 'no', false),
  metastable(stormAt(0.6), 'no', false),
  metastable({ ...stormAt(1.2), name: 'the first, held for 45 s only', seconds: atSec + 7 + 45 }, 'unknown', true, 0.05),
  metastable(
    {
      name: 'works at 0.4 C from a backlog of 100 on until it is empty',
      ...{ system: systems.retryStorm({ rate, timeoutSec: 0.8, retries: 0, hurt: 2.5 }), perSec: 55, seconds: 170 },
    },
    'yes',
    true,
    0.05,
  ),
  metastable(
    {
      name: 'the same, never slower',
      system: systems.retryStorm({ rate, timeoutSec: 0.8, retries: 0 }),
      perSec: 55,
      seconds: 170,
    },
    'no',
    false,
  ),
  metastable(
    { name: 'late by less and less for 300 s', system: systems.slowlyBack(300, 2), perSec: 55, seconds: 150, limitSec: 0.1 },
    'slow-recovery',
    false,
    0.05,
  ),
  metastable(
    { name: 'keeps two thirds of its goodput', system: systems.neverBack(0.33), perSec: 60, seconds: 150 },
    'no',
    false,
    0.1,
  ),
]

/** At the boundary itself chance decides: no promise, only how often. */
function boundaryRow(share: number, seeds: readonly number[]): TruthRow {
  const one = stormAt(share, { seconds: 420 })
  const said = seeds.map((seed) => judge(one, seed).recovery.verdict)
  const back = said.filter((verdict) => verdict === 'recovered').length
  return {
    ...{
      detector: 'metastable',
      system: `${one.name}, held for 400 s`,
      expected: 'by chance',
      isBroken: true,
      seeds,
      promise: 1,
    },
    ...{ wrong: {}, figures: `${String(back)} of ${String(seeds.length)} recovered` },
  }
}

export const recoveryCases: readonly TruthCase[] = [...drainCases, ...verdictCases, ...capacityCases]

export function metastableRows(seeds: readonly number[]): readonly TruthRow[] {
  return [...metastableCases.map((one) => runCase(one, seeds)), ...[0.96, 1, 1.04].map((share) => boundaryRow(share, seeds))]
}
