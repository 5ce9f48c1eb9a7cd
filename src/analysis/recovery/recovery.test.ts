import { describe, expect, it } from 'vitest'
import { outageRecord, outageStart, outageTest } from '../../../test/kit/outage-record.ts'
import type { OutageRecordOptions } from '../../../test/kit/outage-record.ts'
import {
  deadlineQueue,
  fifoDrain,
  neverBack,
  restarting,
  retryStorm,
  slowerAfter,
  slowlyBack,
  untouched,
} from '../../../test/kit/simulated-outages.ts'
import type { OutageLoad, OutageSystem } from '../../../test/kit/simulated-outages.ts'
import type { RecoveryResult } from '../../model/recovery-result.ts'
import { recoveriesOf } from './recovery.ts'

const load = (perSec: number, seconds: number, more: Partial<OutageLoad> = {}): OutageLoad => ({
  ...{ seed: 5, process: 'uniform', stages: [{ perSec, sec: seconds }], atSec: 15, forSec: 8 },
  ...more,
})

type Judging = OutageRecordOptions & { readonly limitSec?: number; readonly capacityPerSec?: number }

function judged(system: OutageSystem, of: OutageLoad, options: Judging = {}): RecoveryResult {
  const { limitSec = Infinity, capacityPerSec, ...record } = options
  const test = outageTest(outageRecord(of, system(of), record))
  const [first] = recoveriesOf(test, { kind: 'request', limitSec, capacityPerSec })
  if (first == null) throw new Error('there was no fault')
  return first
}

/** The start of a window is known to one window. */
const within = (sec: number | null, truth: number): void => {
  expect(sec).not.toBeNull()
  expect(Math.abs((sec ?? 0) - truth)).toBeLessThanOrEqual(Math.max(1, 0.05 * truth))
}

describe('the capacity after a fault', () => {
  const searched = { limitSec: 0.5, capacityPerSec: 100 }
  // The fault ends at 23 s.
  const rising = (process: 'uniform' | 'poisson'): OutageLoad => ({
    ...load(40, 50),
    process,
    stages: [
      { perSec: 40, sec: 50 },
      { perSec: 96, sec: 30 },
    ],
  })

  it.each(['uniform', 'poisson'] as const)('is back when a load that asks for it (%s) is borne', (process) => {
    const { stages, verdict } = judged(fifoDrain(110), rising(process), searched)
    expect(verdict).toBe('recovered')
    expect(stages.capacity?.verdict).toBe('back')
    within(stages.capacity?.sec ?? null, 27)
  })

  it.each(['uniform', 'poisson'] as const)(
    'is missing when it is asked for (%s) and not borne, although all was well at the load of before',
    (process) => {
      const { stages, verdict } = judged(slowerAfter(110, 0.7), rising(process), searched)
      expect(verdict).toBe('recovered')
      expect(stages.capacity).toEqual({ perSec: 100, verdict: 'missing', sec: null })
    },
  )

  it('is not known when nobody asks for it, nor without a search', () => {
    expect(judged(slowerAfter(110, 0.7), load(40, 80), searched).stages.capacity?.verdict).toBe('not-asked')
    expect(judged(fifoDrain(110), load(40, 80), { limitSec: 0.5 }).stages.capacity).toBeNull()
  })
})

describe('recovery of known truth', () => {
  // λ, C, D, L
  const drains = [
    [60, 100, 8, 0.5],
    [30, 45, 12, 0.3],
    [75, 100, 5, 1],
    [40, 200, 10, 0.2],
  ] as const

  it.each(drains)('of a queue that drains: %d/s at %d/s after %d s, limit %d s', (perSec, rate, forSec, limitSec) => {
    const result = judged(fifoDrain(rate), load(perSec, 90, { forSec }), { limitSec })
    const goodAgain = (perSec * forSec - rate * (limitSec - 1 / rate)) / (rate - perSec)
    const empty = (perSec * forSec) / (rate - perSec)
    within(result.stages.goodputSec, goodAgain)
    within(result.stages.queueSec, empty)
    within(result.stages.latencySec, empty)
    within(result.sec, empty)
    expect(result.verdict).toBe('recovered')
    // Who comes in the outage waits for its end and for all before him: too long by far.
    const lost = perSec * (forSec + goodAgain)
    expect(Math.abs((result.lostWork ?? 0) - lost) / lost).toBeLessThan(0.05)
    expect(result.impact).toBeCloseTo(1)
    expect(result.stages.impactSec).toBeLessThanOrEqual(1)
  })

  it('of a queue that drops what has waited for too long', () => {
    const result = judged(deadlineQueue(100, 3), load(60, 90), { limitSec: 0.5 })
    within(result.stages.goodputSec, (60 * 3 - 100 * (0.5 - 0.01)) / 40)
    within(result.sec, (60 * 3) / 40)
  })

  it('of a process that starts in 4 s and is slow for 9 more, from the moment it is started again', () => {
    const result = judged(restarting({ startSec: 4, warmSec: 9, slow: 4 }), load(60, 90), {
      fault: { kind: 'kill', on: 'target' },
    })
    within(result.sec, 13)
    within(result.stages.lastLossSec, 4)
    within(result.stages.goodputSec, 4)
  })

  it('does not depend on where in its second a fault begins', () => {
    for (const lateSec of [0.03, 0.4, 0.97]) {
      const of = load(60, 90, { atSec: 15 + lateSec })
      const test = outageTest(outageRecord({ ...of, atSec: 15 }, fifoDrain(100)(of), { lateSec }))
      within(recoveriesOf(test, { kind: 'request', limitSec: Infinity })[0]?.sec ?? null, 12)
    }
  })
})

describe('a service that a fault does nothing to', () => {
  it('is unaffected in nineteen of twenty runs with Poisson arrivals, and never worse than a chance window', () => {
    const verdicts = Array.from(
      { length: 20 },
      (_, seed) => judged(untouched, load(60, 60, { seed, process: 'poisson' })).verdict,
    )
    expect(verdicts.filter((verdict) => verdict === 'unaffected').length).toBeGreaterThanOrEqual(19)
  })

  it('has lost nothing', () => {
    expect(judged(untouched, load(60, 60))).toMatchObject({ sec: 0, lostWork: 0, impact: 0, verdict: 'unaffected' })
  })
})

describe('a service that does not come back', () => {
  it('has no time to recover, only a bound', () => {
    const result = judged(neverBack(0.4), load(60, 60))
    expect(result).toMatchObject({ verdict: 'not-recovered', sec: null, horizonSec: 37 })
    expect(result.atLeastSec).toBeGreaterThanOrEqual(36)
    expect(result.metastable?.verdict).toBe('no')
  })

  it('is censored where the load ends in the middle of its recovery', () => {
    const result = judged(fifoDrain(100), load(60, 30))
    expect(result).toMatchObject({ verdict: 'not-recovered', sec: null, horizonSec: 7 })
    expect(result.reason).toContain('then the load ended')
  })

  it('is unknown where hardly anything follows the fault', () => {
    expect(judged(fifoDrain(100), load(60, 26)).verdict).toBe('unknown')
  })
})

describe('several faults', () => {
  const two = (first: readonly [number, number], second: readonly [number, number]) => ({
    faults: [
      { id: 'one', atSec: first[0], forSec: first[1] },
      { id: 'two', atSec: second[0], forSec: second[1] },
    ],
  })
  const bothOf = (options: OutageRecordOptions, of: OutageLoad) =>
    recoveriesOf(outageTest(outageRecord(of, fifoDrain(100)(of), options)), { kind: 'request', limitSec: Infinity })

  it('are each judged until the next one begins', () => {
    const [one, two_] = bothOf(two([15, 8], [28, 1]), load(60, 90))
    expect(one).toMatchObject({ verdict: 'not-recovered', horizonSec: 5 })
    expect(one?.reason).toContain('until the next fault')
    expect(two_).toMatchObject({ verdict: 'recovered' })
    expect(two_?.baseline).toEqual(one?.baseline)
  })

  it('that overlap are told by the one that ends last', () => {
    const [one, two_] = bothOf(two([10, 8], [15, 8]), load(60, 90))
    expect(one?.verdict).toBe('unknown')
    expect(one?.reason).toContain('"two" was still there')
    expect(two_?.verdict).toBe('recovered')
  })
})

describe('what a baseline needs', () => {
  it('is five seconds before the first fault, after the warm-up', () => {
    const of = load(60, 60)
    expect(judged(fifoDrain(100), of, { warmupSec: 11 })).toMatchObject({ verdict: 'unknown', baseline: null })
    expect(judged(fifoDrain(100), of, { warmupSec: 9 }).verdict).toBe('recovered')
  })

  it('is the load that the fault meets', () => {
    const of = load(60, 0, {
      stages: [
        { perSec: 20, sec: 13 },
        { perSec: 60, sec: 50 },
      ],
    })
    expect(judged(fifoDrain(100), of)).toMatchObject({ verdict: 'unknown' })
  })

  it('is a fault that was undone', () => {
    expect(judged(fifoDrain(100), load(60, 60), { reverted: false }).reason).toContain('not undone')
  })
})

describe('metastable failure', () => {
  // C / (r + 1) = 33.3
  const storm = retryStorm({ rate: 100, timeoutSec: 1, retries: 2 })

  it('is a retry storm above C / (r + 1), with its amplification', () => {
    const { metastable, verdict } = judged(storm, load(45, 150, { process: 'poisson' }))
    expect(verdict).toBe('not-recovered')
    expect(metastable).toMatchObject({ verdict: 'yes', cause: 'workload-amplification' })
    expect(metastable?.amplification?.bad).toBeCloseTo(3, 1)
    expect(metastable?.amplification?.good).toBeCloseTo(1, 1)
    expect(metastable?.reason).toContain('calls to db a request')
  })

  it('is none below it', () => {
    expect(judged(storm, load(25, 150, { process: 'poisson' }))).toMatchObject({
      verdict: 'recovered',
      metastable: { verdict: 'no' },
    })
  })

  it('cannot be told from a short hold', () => {
    expect(judged(storm, load(45, 70, { process: 'poisson' })).metastable?.verdict).toBe('unknown')
  })

  it('is told from a slow recovery by its trend', () => {
    const { metastable } = judged(slowlyBack(300, 2), load(60, 150), { limitSec: 0.1 })
    expect(metastable?.verdict).toBe('slow-recovery')
    expect(Math.abs((metastable?.expectedSec ?? 0) - 300)).toBeLessThan(15)
  })

  it('shows the load at which it escapes, and that it is well again at the load at which it was bad', () => {
    const stages = [
      { perSec: 45, sec: 100 },
      { perSec: 38, sec: 30 },
      { perSec: 10, sec: 120 },
      { perSec: 45, sec: 30 },
    ]
    const { metastable } = judged(storm, load(45, 0, { stages, forSec: 4 }), { limitSec: Infinity })
    expect(metastable).toMatchObject({ verdict: 'yes', escapePerSec: 10, isBistable: true })
  })

  it('by a service that works more slowly once it was full is a degradation of capacity', () => {
    const hurt = retryStorm({ rate: 100, timeoutSec: 1, retries: 0, hurt: 2.5 })
    expect(judged(hurt, load(60, 150)).metastable).toMatchObject({ verdict: 'yes', cause: 'capacity-degradation' })
  })
})

describe('detection', () => {
  it('is the first second with rejects', () => {
    const { stages } = judged(retryStorm({ rate: 100, timeoutSec: 1, retries: 2 }), load(25, 60))
    expect(stages).toMatchObject({ detectedBy: 'answers with 429 or 503' })
    expect(stages.detectionSec).toBe(3)
  })

  it('is unknown where nothing was done', () => {
    expect(judged(fifoDrain(100), load(60, 60)).stages).toMatchObject({ detectionSec: null, detectedBy: null })
  })
})

describe('detection by readiness', () => {
  /** What the readiness page said in each second: 1 yes, 0 no, undefined nothing. */
  function stagesWith(said: (sec: number) => 0 | 1 | undefined) {
    const of = load(60, 60)
    const data = outageRecord(of, fifoDrain(100)(of))
    for (let sec = 0; sec < 60; sec++) {
      const answer = said(sec)
      const values = { 'target.ready': answer ?? 0, 'target.ready.answered': answer === undefined ? 0 : 1 }
      data.addWindow({ t: outageStart + sec, kind: 'probe', values })
    }
    return recoveriesOf(outageTest(data), { kind: 'request', limitSec: Infinity })[0]?.stages
  }

  it('is its first no after the fault, which came at 15 s', () => {
    expect(stagesWith((sec) => (sec >= 18 && sec < 25 ? 0 : 1))).toMatchObject({
      detectionSec: 3,
      detectedBy: 'readiness says no',
    })
  })

  it.each<[string, (sec: number) => 0 | 1 | undefined]>([
    ['that always says yes', () => 1],
    ['that does not answer', (sec) => (sec >= 18 && sec < 25 ? undefined : 1)],
    ['that said no before the fault', (sec) => (sec >= 12 ? 0 : 1)],
    ['that says no when the fault is over', (sec) => (sec >= 24 ? 0 : 1)],
  ])('is not seen by a page %s', (_, said) => {
    expect(stagesWith(said)).toMatchObject({ detectionSec: null, detectedBy: null })
  })
})

describe('detection by an alert of the target', () => {
  /** Seconds of the load at which it was raised and cleared. */
  function stagesWith(...told: readonly (readonly [sec: number, status: 'raised' | 'cleared'])[]) {
    const of = load(60, 60)
    const data = outageRecord(of, fifoDrain(100)(of))
    const test = outageTest(data)
    for (const [sec, status] of told)
      data.addEvent({ t: outageStart + sec, kind: 'alert', test: test.name, name: 'database', status })
    return recoveriesOf(test, { kind: 'request', limitSec: Infinity })[0]?.stages
  }

  it('is the first that is raised while the fault is there, from 15 s on', () => {
    const stages = stagesWith([17.5, 'raised'], [30, 'cleared'])
    expect(stages).toMatchObject({ detectionSec: 2.5, detectedBy: 'alert “database”' })
  })

  it('is not one that was raised before, also when it is told again', () => {
    expect(stagesWith([10, 'raised'], [17, 'raised'])).toMatchObject({ detectionSec: null, detectedBy: null })
    expect(stagesWith([10, 'raised'], [12, 'cleared'], [17, 'raised'])).toMatchObject({ detectionSec: 2 })
  })

  it('is not one that comes when the fault is over', () => {
    expect(stagesWith([40, 'raised'])).toMatchObject({ detectionSec: null, detectedBy: null })
  })
})
