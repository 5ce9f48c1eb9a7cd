import { describe, expect, test } from 'vitest'
import { syntheticSearch } from '../../../test/kit/synthetic-search.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import { judgeRun } from '../judge-run.ts'

const p95: ObjectiveSpec = { text: 'p95 < 100ms', metric: { name: 'p95' }, op: '<', value: 100, unit: 'ms' }
const cpu: ObjectiveSpec = { text: 'target.cpu < 90%', metric: { name: 'target.cpu' }, op: '<', value: 0.9, unit: 'ratio' }

/** Trials of ten seconds at 50, 100 and 200 a second, in which this share of each second's requests is late. */
function confidence(lateShares: readonly number[], objectives: readonly ObjectiveSpec[] = [p95]) {
  const loads = [50, 100, 200]
  const { data } = syntheticSearch({
    loads,
    edge: 130,
    probes: () => ({ 'target.cpu': 0.3 }),
    record: {
      objectives,
      times: (sec) => {
        const i = Math.min(loads.length - 1, Math.floor(sec / 10))
        const [load = 0, share = 0] = [loads[i], lateShares[i]]
        return Array.from({ length: load }, (_, k) => (k < Math.round(share * load) ? 150 : 5) + (k % 10) / 10)
      },
    },
  })
  return judgeRun(data).tests[0]?.capacity?.confidence
}

describe('the confidence of a search', () => {
  test('is high where few are late at the lower end and many at the upper', () => {
    const known = confidence([0, 0.01, 1])
    expect(known?.lower).toBeGreaterThan(0.999)
    expect(known?.upper).toBeGreaterThan(0.999)
  })

  test('is low where an end is close to what is allowed', () => {
    const known = confidence([0, 0.04, 0.055])
    expect(known?.lower).toBeGreaterThan(0.8)
    expect(known?.lower).toBeLessThan(0.97)
    expect(known?.upper).toBeGreaterThan(0.7)
    expect(known?.upper).toBeLessThan(0.97)
  })

  test('is unknown of the lower end where an objective is of no share of the requests', () => {
    expect(confidence([0, 0.01, 1], [p95, cpu])?.lower).toBeNull()
    expect(confidence([0, 0.01, 1], [p95, cpu])?.upper).toBeGreaterThan(0.999)
  })
})
