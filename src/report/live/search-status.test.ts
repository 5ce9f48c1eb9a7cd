import picocolors from 'picocolors'
import { describe, expect, test } from 'vitest'
import { closedLoad, healthyRecord, histogramOf } from '../../../test/kit/healthy-record.ts'
import type { HealthyOptions } from '../../../test/kit/healthy-record.ts'
import type { CapacitySpec } from '../../model/capacity-spec.ts'
import type { RunEvent } from '../../model/run-event.ts'
import { statusBlock } from './block.ts'
import { statusLine } from './line-reporter.ts'
import { noticeOf } from './notices.ts'
import { createSearchWatch } from './search-status.ts'
import { statusOf } from './status.ts'
import { createTrialNotices } from './trial-notices.ts'

const capacity: CapacitySpec = {
  unit: 'perSec',
  from: 100,
  to: 1000,
  within: 0.05,
  mix: { main: 1 },
  process: 'poisson',
  maxUsers: 1000,
  minTrialSec: 10,
  maxTrialSec: 60,
  quick: false,
  settleLimitSec: 30,
  overload: [],
  overloadSec: 10,
}

/** The load of a record begins at second 2. */
const begin = 2

const startOf = (trial: number, load: number, at: number): RunEvent => ({
  t: begin + at,
  kind: 'trial-started',
  test: 'the test',
  trial,
  purpose: trial === 1 ? 'bracket' : 'bisect',
  load,
  durationSec: 20,
})

function search(events: readonly RunEvent[], searched = capacity) {
  const options: HealthyOptions = {
    seconds: 40,
    spec: { kind: 'capacity', loads: [], capacity: searched, durationSec: 0 },
    // From the second trial on everything takes twice as long as it may.
    objectives: [{ text: 'p95 < 100ms', metric: { name: 'p95' }, op: '<', value: 100, unit: 'ms' }],
    times: (sec, random) => Array.from({ length: 200 }, () => (sec < 20 ? 10 + 5 * random() : 200 + 20 * random())),
    events,
  }
  return healthyRecord(options)
}

const ended = (trial: number, at: number): RunEvent => ({
  t: begin + at,
  kind: 'trial-ended',
  test: 'the test',
  trial,
  reason: 'completed',
})

function block(data: ReturnType<typeof search>, nowSec: number): string {
  const tick = { data, test: 'the test', nowSec }
  const status = statusOf(tick, createSearchWatch()(tick))
  if (status === undefined) throw new Error('the test is in the record')
  const lines = statusBlock(status, picocolors.createColors(false), 110)
  return lines.map((line) => line.map(([text]) => text).join('')).join('\n')
}

describe('a running search', () => {
  test('shows its trial, what is left of it, and nothing known before one has ended', () => {
    const shown = block(search([startOf(1, 100, 0)]), begin + 8)
    expect(shown).toContain('trial 1, bracket at 100/s')
    expect(shown).toContain('0:08 of 0:20  0:12 left of this trial')
    expect(shown).toContain('known     nothing yet')
  })

  test('shows both ends and the last results once trials have ended, and that it settles', () => {
    const data = search([startOf(1, 100, 0), ended(1, 20), startOf(2, 200, 20), ended(2, 40)])
    const shown = block(data, begin + 44)
    expect(shown).toContain('known     bears 100/s, breaks at 200/s: 50 % apart, 5 % wanted')
    expect(shown).toContain('trials    2 at 200/s fails · 1 at 100/s bears')
    expect(shown).toContain('settling for 0:04')
  })

  test('says that it is a quick one with the width that it looks for', () => {
    const data = search([startOf(1, 100, 0), ended(1, 20), startOf(2, 200, 20), ended(2, 40)], { ...capacity, quick: true })
    expect(block(data, begin + 40)).toContain('50 % apart, 10 % wanted (quick)')
  })

  test('tells each ended trial once, with what failed', () => {
    const events = [startOf(1, 100, 0), ended(1, 20), startOf(2, 200, 20)]
    const [watch, notices] = [createSearchWatch(), createTrialNotices()]
    const [one, two] = [search(events), search([...events, ended(2, 40)])]
    const tell = (data: typeof one, nowSec: number) => notices(watch({ data, test: 'the test', nowSec }))
    expect(tell(one, begin + 22)).toEqual([expect.stringMatching(/^trial 1, bracket at 100\/s: bears \(p95 1\d\.\d ms\)$/)])
    expect(tell(one, begin + 23)).toEqual([])
    expect(tell(two, begin + 41)).toEqual([
      expect.stringMatching(/^trial 2, bisect at 200\/s: fails: p95 < 100ms \(p95 2\d\d ms\)$/),
    ])
  })

  test('is one line for a log', () => {
    const tick = { data: search([startOf(1, 100, 0)]), test: 'the test', nowSec: begin + 8 }
    const status = statusOf(tick, createSearchWatch()(tick))
    expect(status && statusLine(status, tick.nowSec)).toMatch(
      /^\[0:10\] the test trial 1, bracket at 100\/s, 0:08\/0:20 \| nothing yet \| .* requests \|/,
    )
  })

  test('warns of a target that does not come back to its baseline, and only then', () => {
    const settled = (isSettled: boolean): RunEvent => ({
      t: 75,
      kind: 'settled',
      test: 'the test',
      afterTrial: 3,
      sec: 30,
      settled: isSettled,
      waitedFor: ['memory'],
    })
    expect(noticeOf(settled(true))).toBeUndefined()
    expect(noticeOf(settled(false))?.text).toBe(
      '[1:15] after trial 3 the target was not back at its baseline within 30 s: memory',
    )
  })
})

describe('a fault', () => {
  const fault = { t: 75, test: 'the test', id: 'down(db)', evidence: 'a connect failed with ECONNREFUSED' } as const

  test('is told when it is there, and when nothing of it is left', () => {
    expect(noticeOf({ ...fault, kind: 'fault-started', fault: 'down', verified: true })).toEqual({
      level: 'warn',
      text: '[1:15] fault down(db) is there: a connect failed with ECONNREFUSED',
    })
    expect(noticeOf({ ...fault, kind: 'fault-ended', held: true, reverted: true })).toEqual({
      level: 'info',
      text: '[1:15] fault down(db) is undone: a connect failed with ECONNREFUSED',
    })
  })

  test('that could not be made, or not be undone, is an error', () => {
    expect(noticeOf({ ...fault, kind: 'fault-started', fault: 'down', verified: false })?.level).toBe('error')
    expect(noticeOf({ ...fault, kind: 'fault-ended', held: true, reverted: false })?.level).toBe('error')
  })
})

test('a test of functions in process is counted and timed by its steps', () => {
  const none = histogramOf([])
  const data = healthyRecord({
    seconds: 12,
    load: closedLoad(10, 12),
    request: () => ({ count: 0, response: none, service: none }),
    series: () => [
      { kind: 'step', name: 'flow', count: 20, failed: 1, response: histogramOf(Array.from({ length: 20 }, () => 500_000)) },
    ],
  })
  const status = statusOf({ data, test: 'the test', nowSec: begin + 12 })
  expect(status).toMatchObject({ work: 'steps', done: 240, failed: 12, perSec: 20, errorRate: 0.05 })
  expect(status?.p50Ms).toBeCloseTo(500, -1)
})
