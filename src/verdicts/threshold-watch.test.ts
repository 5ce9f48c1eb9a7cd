import { describe, expect, it } from 'vitest'
import { healthyRecord } from '../../test/kit/healthy-record.ts'
import type { RunData } from '../analysis/index.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import { createThresholdWatch, crossingsOf } from './threshold-watch.ts'

const below: ObjectiveSpec = { text: 'target.cpu < 80%', metric: { name: 'target.cpu' }, op: '<', value: 0.8, unit: 'ratio' }

/** A record of a test that watches a processor this busy, second by second. */
function watching(cpu: readonly number[], objectives: readonly ObjectiveSpec[] = [below]): RunData {
  return healthyRecord({
    seconds: cpu.length,
    objectives,
    spec: { kind: 'watch' },
    probes: (sec) => ({ 'target.cpu': cpu[sec] ?? 0 }),
    units: { 'target.cpu': 'ratio' },
  })
}

function crossings(data: RunData): unknown[] {
  const test = data.test('the test')
  if (test === undefined) throw new Error('the record has a test')
  return (crossingsOf(data, test) ?? []).map(({ objective, fromSec, toSec, value }) => [
    objective,
    Math.floor(fromSec),
    toSec === null ? null : Math.floor(toSec),
    value,
  ])
}

describe('thresholds of a test that watches', () => {
  it('are crossed by two readings in a row, and crossed back by two', () => {
    expect(crossings(watching([0.1, 0.1, 0.9, 0.95, 0.9, 0.1, 0.2, 0.1]))).toEqual([['target.cpu < 80%', 3, 6, 0.95]])
  })

  it('are not crossed by single readings, nor in a healthy time', () => {
    expect(crossings(watching([0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1]))).toEqual([])
    expect(crossings(watching([0.1, 0.2, 0.1, 0.2]))).toEqual([])
  })

  it('stay crossed where the record ends, and may be crossed again', () => {
    expect(crossings(watching([0.9, 0.9, 0.1, 0.1, 0.9, 0.9, 0.9]))).toEqual([
      ['target.cpu < 80%', 1, 3, 0.9],
      ['target.cpu < 80%', 5, null, 0.9],
    ])
  })

  it('follow the window of an objective with one', () => {
    const smooth = { ...below, text: 'target.cpu < 80% over 4s', overSec: 4 }
    expect(crossings(watching([0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.1, 0.1, 0.1], [smooth]))).toEqual([])
  })

  it('are told once each, however often one looks', () => {
    const data = watching([0.1, 0.9, 0.9, 0.9, 0.1, 0.1])
    const test = data.test('the test')
    if (test === undefined) throw new Error('the record has a test')
    const watch = createThresholdWatch([below])
    const moment = { data, test, nowSec: 10 }
    expect([watch.look(moment).map(({ beyond }) => beyond), watch.look(moment)]).toEqual([[true, false], []])
  })

  it('are those of tests that watch, and of no other', () => {
    const data = healthyRecord({ objectives: [below] })
    const test = data.test('the test')
    expect(test && crossingsOf(data, test)).toBeUndefined()
  })
})
