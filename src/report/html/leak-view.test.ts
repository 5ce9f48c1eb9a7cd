import { expect, test } from 'vitest'
import { capacityRecord } from '../../../test/kit/capacity-record.ts'
import { syntheticCapacity } from '../../../test/kit/synthetic-capacity.ts'
import type { LeakResult } from '../../model/run-result.ts'
import { judgeRun } from '../../verdicts/index.ts'
import { createViewModel } from './view-model.ts'

const nothing = { reason: '', secondsToLimit: null, limit: null, line: null }
const memory: LeakResult = {
  ...nothing,
  resource: 'target.memory',
  unit: 'bytes',
  verdict: 'leak',
  perRequest: 1024,
  interval: [1010, 1040],
  secondsToLimit: 30_000,
  limit: 1e9,
  line: { fromSec: 40, from: 100e6, toSec: 120, to: 140e6 },
}
const files: LeakResult = {
  ...nothing,
  resource: 'target.files',
  unit: 'count',
  verdict: 'none',
  perRequest: 0.00012,
  interval: [-0.0002, 0.0004],
}

function pageWith(leaks: readonly LeakResult[]) {
  const capacity = syntheticCapacity({ kind: 'unfinished' })
  const record = capacityRecord(capacity)
  const data = record.data()
  const result = judgeRun(data)
  const tests = result.tests.map((one) => ({ ...one, capacity, leaks }))
  return createViewModel(record.header).update(data, { ...result, tests }).tests[0]
}

test('a leak is told in bytes a request with its interval and the time that is left', () => {
  const page = pageWith([files, memory])
  expect(page?.leaks?.heading).toBe('Leaks: memory of the target grows by 1,024 B a request')
  expect(page?.leaks?.rows[0]).toMatchObject({
    resource: 'target.memory',
    interval: '1,010 to 1,040',
    limit: '8.33 h until 1.00 GB',
  })
  expect(page?.leaks?.rows[1]).toMatchObject({ verdict: 'none', growth: '0.12 in 1,000 requests' })
})

test('its plot has the readings and the fitted line on the time axis of the test, and the line ends where the fit does', () => {
  const page = pageWith([memory])
  const [chart] = page?.leaks?.charts ?? []
  const [readings, line] = chart?.series ?? []
  expect(readings?.values).toHaveLength(page?.time.points ?? -1)
  expect(line?.values[39]).toBeNull()
  expect(line?.values[40]).toBe(100e6)
  expect(line?.values[80]).toBe(120e6)
  expect(line?.values[121]).toBeNull()
})

test('without a leak the heading says what was looked at, and without any look there is nothing', () => {
  expect(pageWith([files])?.leaks?.heading).toBe('No leak in files of the target')
  const unknown: LeakResult = { ...files, verdict: 'unknown', reason: '2 windows' }
  const both = pageWith([unknown, { ...unknown, resource: 'target.threads' }])?.leaks
  expect(both?.heading).toBe('Leaks: not known for any of 2 resources')
  expect(both?.rows).toMatchObject([{ resource: '2 resources', verdict: 'unknown', reason: '2 windows' }])
  expect(pageWith([])?.leaks).toBeNull()
})

test('the trials of a search are the phases of its charts, with how they ended', () => {
  const phases = pageWith([])?.time.phases ?? []
  expect(phases[0]).toMatchObject({ name: '50/s', fromSec: 0, trial: 'bears' })
  expect(phases.map(({ trial }) => trial)).toContain('fails')
})
