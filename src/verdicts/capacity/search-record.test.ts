import { describe, expect, it } from 'vitest'
import { syntheticSearch } from '../../../test/kit/synthetic-search.ts'
import type { SyntheticSearch } from '../../../test/kit/synthetic-search.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { RunEvent, TrialEnd, TrialKind } from '../../model/run-event.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { judgeRun } from '../judge-run.ts'
import { nextTrials } from './search-state.ts'

const p95: ObjectiveSpec = { text: 'p95 < 100ms', metric: { name: 'p95' }, op: '<', value: 100, unit: 'ms' }

const headroom: ObjectiveSpec = { text: 'headroom > 30%', metric: { name: 'headroom' }, op: '>', value: 0.3, unit: 'ratio' }

/** Good at 5 ms below the edge, all too late from there on. */
function searchOf(loads: readonly number[], edge: number, more: Partial<SyntheticSearch> = {}, capacity: object = {}) {
  const { data } = syntheticSearch({
    loads,
    edge,
    probes: () => ({}),
    ...more,
    record: {
      objectives: [p95],
      times: (sec) => {
        const load = loads[Math.min(loads.length - 1, Math.floor(sec / 10))] ?? 0
        return Array.from({ length: load }, (_, i) => (load < edge ? 5 : 150) + (i % 10) / 10)
      },
      ...more.record,
    },
  })
  const [test] = data.tests
  if (test === undefined) throw new Error('no test')
  const spec = test.spec.capacity
  if (spec !== undefined) Object.assign(spec, { from: 50, to: 1000, ...capacity })
  return { data, test }
}

const plans = ({ data, test }: { data: RunData; test: TestData }) =>
  nextTrials(data, test).map(({ trial, purpose, load, factor }) => ({ trial, purpose, load: Math.round(load), factor }))

describe('a search read from its record', () => {
  it('goes on where the record ends: doubling, then bisection, then long trials', () => {
    expect(plans(searchOf([50], 130))).toEqual([{ trial: 2, purpose: 'bracket', load: 100, factor: undefined }])
    // One more doubling shows how much a target does that missed its objective without being full.
    expect(plans(searchOf([50, 100, 200], 130))[0]).toMatchObject({ trial: 4, purpose: 'bracket', load: 400 })
    expect(plans(searchOf([50, 100, 200, 400], 130))[0]).toMatchObject({ trial: 5, purpose: 'bisect' })
  })

  it('does not believe a trial in which the record broke off', () => {
    const cut: RunEvent = {
      t: 22,
      kind: 'trial-started',
      test: 'the test',
      trial: 3,
      purpose: 'bracket',
      load: 200,
      durationSec: 10,
    }
    const search = searchOf([50, 100], 130, { events: [cut] })
    expect(plans(search)).toEqual([{ trial: 4, purpose: 'bracket', load: 200, factor: undefined }])
  })

  it('tells good requests from late ones in each trial, in seconds of its own', () => {
    const { data } = searchOf([50, 100, 200], 130)
    const [result] = judgeRun(data).tests
    const trials = result?.capacity?.trials ?? []
    expect(trials.map(({ load, verdict, fromSec, toSec }) => [load, verdict, fromSec, toSec])).toEqual([
      [50, 'bears', 0, 10],
      [100, 'bears', 10, 20],
      [200, 'fails', 20, 30],
    ])
    expect(trials.map(({ goodput }) => Math.round(goodput))).toEqual([50, 100, 0])
    expect(trials[2]).toMatchObject({ failedObjective: 'p95 < 100ms', class: 'saturation' })
  })

  it('says that a search is unfinished when its record ends before it knows, with the bounds known by then', () => {
    const { data } = searchOf([50, 100, 200], 130, { record: { objectives: [p95, headroom] } }, { peak: 90 })
    const [judged] = judgeRun(data).tests
    expect(judged?.capacity).toMatchObject({ kind: 'unfinished', lower: 100, upper: 200 })
    expect(judged?.objectives[1]).toMatchObject({ verdict: 'unknown', actual: null, reason: 'It needs the end of the search.' })
  })

  it('keeps apart what comes before and after a trial', () => {
    const { test, data } = searchOf([50, 100, 200], 130)
    expect(test.total('request').count).toBe(3500)
    expect(judgeRun(data).tests[0]?.totals.requests).toBe(1000)
  })

  it('counts a trial that a stop condition ended as failed, and the condition as the reason', () => {
    const search = searchOf([50, 100, 200], 1000)
    const events = search.test.events as RunEvent[] // the log itself
    const last = events.findLastIndex((event) => event.kind === 'trial-ended')
    events[last] = { t: 30, kind: 'trial-ended', test: 'the test', trial: 3, reason: 'stopped', condition: 'target.memory > 1GB' }
    const trials = judgeRun(search.data).tests[0]?.capacity?.trials ?? []
    expect(trials[2]).toMatchObject({ verdict: 'fails', end: 'stopped', failedObjective: 'target.memory > 1GB' })
  })

  it('believes no trial in which the generator was late by more than a twentieth of the limit', () => {
    const late = searchOf([50, 100], 1000, {
      record: {
        objectives: [p95],
        times: (sec) => Array.from({ length: sec < 10 ? 50 : 100 }, () => 5),
        generator: (sec, { sends }) => (sec < 10 ? {} : { lateSends: sends, loopDelayP99Ms: 30 }),
      },
    })
    const trials = judgeRun(late.data).tests[0]?.capacity?.trials ?? []
    expect(trials.map(({ verdict }) => verdict)).toEqual(['bears', 'void'])
    expect(plans(late)[0]).toMatchObject({ load: 100 })
  })

  const found = [50, 100, 200, 400, 100, 200]
  const purposes: readonly TrialKind[] = ['bracket', 'bracket', 'bracket', 'bracket', 'confirm-lower', 'confirm-upper']
  const foundSearch = (beyond: readonly { load: number; factor: number; purpose: TrialKind; end?: TrialEnd }[] = []) => {
    const search = searchOf([...found, ...beyond.map(({ load }) => load)], 130, {}, { within: 0.5, overload: [1.5, 3], peak: 80 })
    const events = search.test.events as RunEvent[] // the log itself
    for (const [i, event] of events.entries()) {
      if (event.kind !== 'trial-started' && event.kind !== 'trial-ended') continue
      const after = beyond[event.trial - 1 - found.length]
      if (event.kind === 'trial-ended') events[i] = { ...event, reason: after?.end ?? event.reason }
      else
        events[i] = {
          ...event,
          purpose: after?.purpose ?? purposes[event.trial - 1] ?? 'bracket',
          ...(after && { factor: after.factor }),
        }
    }
    return search
  }

  it('holds multiples of the capacity that it found, and goes back under the last of them without a pause', () => {
    expect(plans(foundSearch())).toEqual([{ trial: 7, purpose: 'overload', load: 150, factor: 1.5 }])
    expect(plans(foundSearch([{ load: 150, factor: 1.5, purpose: 'overload' }]))).toEqual([
      { trial: 8, purpose: 'overload', load: 300, factor: 3 },
      { trial: 9, purpose: 'hysteresis', load: 75, factor: 0.75 },
    ])
  })

  it('looks at what follows an overload also when a stop condition ended it', () => {
    const overload = [
      { load: 150, factor: 1.5, purpose: 'overload' },
      { load: 300, factor: 3, purpose: 'overload', end: 'stopped' },
    ] as const
    expect(plans(foundSearch(overload))).toEqual([{ trial: 9, purpose: 'hysteresis', load: 75, factor: 0.75 }])
    expect(plans(foundSearch([...overload, { load: 75, factor: 0.75, purpose: 'hysteresis' }]))).toEqual([])
  })

  it('says what is kept beyond the capacity, what is refused, and the headroom at the peak', () => {
    const { data } = foundSearch([
      { load: 150, factor: 1.5, purpose: 'overload' },
      { load: 300, factor: 3, purpose: 'overload' },
      { load: 75, factor: 0.75, purpose: 'hysteresis' },
    ])
    const capacity = judgeRun(data).tests[0]?.capacity
    expect(capacity).toMatchObject({ kind: 'interval', lower: 100, upper: 200, width: 0.5, limitingObjective: 'p95 < 100ms' })
    expect(capacity?.headroom?.share).toBeCloseTo(0.2)
    expect(capacity?.overload).toMatchObject({ kind: 'collapse', score: 0, refusals: { verdict: 'none' } })
    expect(capacity?.overload?.hysteresis).toMatchObject({ kind: 'recovers', load: 75, recoveredSec: 0 })
    expect(capacity?.curve.map(({ offered }) => offered)).toEqual([50, 100, 150, 200, 300, 400])
  })

  it('calls a load a hard breaking point when the target was waited for and did not come back, and not when nobody waited', () => {
    const after = (sec: number, waitedFor: string) => {
      const settled: RunEvent = {
        t: 22,
        kind: 'settled',
        test: 'the test',
        afterTrial: 2,
        sec,
        settled: false,
        waitedFor: [waitedFor],
      }
      return judgeRun(searchOf([50, 100, 200], 80, { events: [settled] }).data).tests[0]?.capacity?.hardBreakingPoint
    }
    expect(after(30, 'connections')).toBe(100)
    expect(after(2.4, 'cpu')).toBeNull()
    expect(after(30, 'memory')).toBeNull()
  })

  it('knows of a target that fails at the smallest load what headroom it cannot have', () => {
    const objective = (peak: number) => {
      const { data } = searchOf([50, 50], 40, { record: { objectives: [p95, headroom] } }, { peak })
      for (const [i, event] of (data.tests[0]?.events ?? []).entries())
        if (event.kind === 'trial-started' && event.trial === 2)
          (data.tests[0]!.events as RunEvent[])[i] = { ...event, purpose: 'confirm-lower' } // the log itself
      return judgeRun(data).tests[0]?.objectives[1]
    }
    expect(objective(37.5)).toMatchObject({
      verdict: 'fail',
      actual: 0.25,
      reason: 'headroom was at most 25 %; it should be > 30 %.',
    })
    expect(objective(10)).toMatchObject({ verdict: 'unknown', actual: 0.8 })
  })

  it('knows a crash in the part of a second in which the target ended, keeps nothing of the rest, and takes a new process for no recovery', () => {
    const { data, test } = foundSearch([
      { load: 150, factor: 1.5, purpose: 'overload' },
      { load: 300, factor: 3, purpose: 'overload' },
      { load: 75, factor: 0.75, purpose: 'hysteresis' },
    ])
    const events = test.events as RunEvent[] // the log itself
    const end = events.findIndex((event) => event.kind === 'trial-ended' && event.trial === 8)
    const begun = events.find((event) => event.kind === 'trial-started' && event.trial === 8)?.t ?? 0
    const died: RunEvent = { t: begun + 1.4, kind: 'target-ended', code: 3, signal: null, lastLines: [] }
    events[end] = { t: begun + 1.5, kind: 'trial-ended', test: 'the test', trial: 8, reason: 'target-died' }
    data.addEvent(died)
    const capacity = judgeRun(data).tests[0]?.capacity
    expect(capacity?.trials[7]).toMatchObject({ verdict: 'fails', class: 'crash', failedObjective: 'the target died' })
    expect(capacity?.hardBreakingPoint).toBe(300)
    expect(capacity?.overload?.points[1]?.retained).toBeLessThan(0.2)
    expect(capacity?.overload?.hysteresis).toMatchObject({ kind: 'stuck', recoveredSec: null, restarted: true })
  })

  it('counts what arrived under a load for it, and what users finish after its end for nothing', () => {
    const search = (unit: 'perSec' | 'users') => {
      const { data, test } = searchOf([50, 100], 1000, {}, { unit })
      const events = test.events as RunEvent[] // the log itself
      const end = events.findLastIndex((event) => event.kind === 'trial-ended')
      events[end] = { t: 20, kind: 'trial-ended', test: 'the test', trial: 2, reason: 'completed' }
      return judgeRun(data).tests[0]?.capacity?.trials[1]?.goodput
    }
    // Ten seconds of a hundred answers each; the last two come when the load is over.
    expect(search('perSec')).toBeCloseTo(125)
    expect(search('users')).toBeCloseTo(100)
  })

  it('reads no knee from the load that follows an overload', () => {
    const { data } = foundSearch([
      { load: 150, factor: 1.5, purpose: 'overload' },
      { load: 75, factor: 0.75, purpose: 'hysteresis' },
    ])
    expect(judgeRun(data).tests[0]?.capacity?.knee).not.toBe(75)
    expect(judgeRun(data).tests[0]?.capacity?.usl?.line.map(({ load }) => load) ?? []).not.toContain(75)
  })

  it('looks for no leaks in its trials: each is short, and their loads differ', () => {
    const { data } = searchOf([50, 100, 200, 150], 130, { probes: () => ({ 'target.memory': 100e6, 'target.files': 30 }) })
    const [test] = judgeRun(data).tests
    expect(test?.capacity).toBeDefined()
    expect(test?.leaks).toBeUndefined()
  })

  it('passes nothing when not even the smallest load is borne, whatever it was that failed', () => {
    const failing = (reason: TrialEnd) => {
      const search = searchOf([50, 50, 100], reason === 'completed' ? 40 : 1000)
      const events = search.test.events as RunEvent[] // the log itself
      for (const [i, event] of events.entries()) {
        if (event.kind === 'trial-ended') events[i] = { ...event, reason }
        if (event.kind === 'trial-started' && event.trial === 2) events[i] = { ...event, purpose: 'confirm-lower' }
      }
      return search
    }
    const late = failing('completed')
    expect(plans(late)).toEqual([])
    expect(judgeRun(late.data).tests[0]).toMatchObject({ verdict: 'failed', objectives: [{ verdict: 'fail' }] })
    expect(judgeRun(failing('target-died').data).tests[0]).toMatchObject({
      verdict: 'failed',
      capacity: { kind: 'fails-at-from', limitingObjective: 'the target died' },
    })
  })

  it('fails a trial that is too short for its percentile when more is late than may be, and bears it when nothing is', () => {
    const short = (edge: number) => judgeRun(searchOf([5, 6], edge).data).tests[0]?.capacity?.trials ?? []
    expect(short(6).map(({ verdict, failedObjective }) => [verdict, failedObjective])).toEqual([
      ['bears', null],
      ['fails', 'p95 < 100ms'],
    ])
    expect(plans(searchOf([50, 50], 40)).map(({ purpose }) => purpose)).toEqual(['confirm-lower'])
    expect(plans(searchOf([5], 4, {}, { from: 5 }))[0]).toMatchObject({ load: 5, purpose: 'confirm-lower' })
  })

  it('believes a trial that was stopped because it was certain to fail, though nothing else of it can be judged', () => {
    const search = searchOf([50, 5], 1000)
    const events = search.test.events as RunEvent[] // the log itself
    const last = events.findLastIndex((event) => event.kind === 'trial-ended')
    events[last] = { t: 20, kind: 'trial-ended', test: 'the test', trial: 2, reason: 'certain' }
    expect(judgeRun(search.data).tests[0]?.capacity?.trials[1]).toMatchObject({ verdict: 'fails' })
  })

  it('fails as a whole when nothing was borne and too little is left to judge one of the objectives by itself', () => {
    const errors: ObjectiveSpec = { text: 'errors < 1%', metric: { name: 'errors' }, op: '<', value: 0.01, unit: 'ratio' }
    const search = searchOf(
      [5, 5],
      1000,
      {
        record: {
          objectives: [p95, errors],
          times: () => [5, 5, 5, 5, 5],
        },
        request: (_, { count }) => ({ failed: count, failures: { status: count }, statuses: { '500': count } }),
      },
      { from: 5 },
    )
    const events = search.test.events as RunEvent[] // the log itself
    for (const [i, event] of events.entries())
      if (event.kind === 'trial-started' && event.trial === 2) events[i] = { ...event, purpose: 'confirm-lower' }
    expect(judgeRun(search.data).tests[0]).toMatchObject({
      verdict: 'failed',
      capacity: { kind: 'fails-at-from', limitingObjective: 'errors < 1%' },
      reason: expect.stringMatching(/^Not even the smallest load was borne: errors were 100 %/) as string,
      objectives: [{ verdict: 'fail', reason: expect.stringContaining('needs at least') as string }, { verdict: 'fail' }],
    })
  })
})
