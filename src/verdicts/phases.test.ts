import { expect, test } from 'vitest'
import { healthyRecord } from '../../test/kit/healthy-record.ts'
import type { PhaseSpec } from '../model/plan-spec.ts'
import { judgeRun } from './judge-run.ts'

const warmup: PhaseSpec = { name: 'warmup', fromSec: 0, toSec: 5 }
const low: PhaseSpec = { name: '100/s', fromSec: 5, toSec: 15 }
const high: PhaseSpec = { name: '200/s', fromSec: 15, toSec: 30 }

function phasesOf(...phases: readonly PhaseSpec[]) {
  const data = healthyRecord({
    seconds: 30,
    spec: { phases, warmupSec: 5 },
    times: (sec) => Array.from({ length: sec < 15 ? 100 : 200 }, () => (sec < 15 ? 10 : 40)),
    request: (sec, window) => ({ failed: sec < 15 ? 0 : window.count / 4 }),
  })
  return judgeRun(data).tests[0]?.phases ?? []
}

test('each phase of a load with several has its own figures, and what is left out as warm-up has none', () => {
  const [first, second, third] = phasesOf(warmup, low, high)
  expect(first).toEqual(warmup)
  expect(second?.figures).toMatchObject({ count: 1000, failed: 0, perSec: 100 })
  expect(second?.figures?.latencyMs.p95).toBeCloseTo(10, 0)
  expect(third?.figures).toMatchObject({ count: 3000, failed: 750, perSec: 200 })
  expect(third?.figures?.latencyMs.p95).toBeCloseTo(40, 0)
})

test('the only judged phase has the figures of its test', () => {
  expect(phasesOf(warmup, { ...low, toSec: 30 })).toEqual([warmup, { ...low, toSec: 30 }])
})
