import { expect, test } from 'vitest'
import { healthyRecord } from '../../test/kit/healthy-record.ts'
import type { RunData } from '../analysis/index.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import { judgeObjective } from './objectives.ts'
import { createStopMonitor } from './stop-monitor.ts'

/** Thirty seconds of load, with so many calls to the payments in each of its seconds, of which so many failed. */
function recordOf(calls: (sec: number) => number, failed: (sec: number) => number = () => 0): RunData {
  const data = healthyRecord({ spec: { links: ['payments'] } })
  const start = data.tests[0]?.loadStartSec ?? 0
  for (let sec = 0; sec < 30; sec++) {
    const counts = { calls: calls(sec), answered: calls(sec) - failed(sec), failed: failed(sec) }
    const rest = { connections: 0, broken: 0, open: sec === 20 ? 9 : 3, bytesUp: 0, bytesDown: 0 }
    if (counts.calls > 0) data.addWindow({ t: start + sec + 0.5, kind: 'link', link: 'payments', ...counts, ...rest })
  }
  return data
}

const objective = (name: string, op: ObjectiveSpec['op'], value: number, rest: Partial<ObjectiveSpec> = {}): ObjectiveSpec => ({
  ...{ text: `${name} ${op} ${value}`, metric: { name }, op, value },
  ...rest,
})

const judge = (data: RunData, ...of: Parameters<typeof objective>) => judgeObjective(objective(...of), data, data.tests[0]!)

test('an objective on the calls of a link judges the mean of its seconds, those without a call among them', () => {
  const data = recordOf((sec) => (sec < 15 ? 40 : 0))
  const perSec = { unit: 'perSec' } as const
  expect(judge(data, 'link.payments.calls', '<', 21, perSec)).toMatchObject({ verdict: 'pass', actual: 20, unit: 'perSec' })
  expect(judge(data, 'link.payments.calls', '<', 19, perSec).verdict).toBe('fail')
  expect(judge(data, 'link.payments.calls.max', '<', 40, perSec)).toMatchObject({ verdict: 'fail', actual: 40 })
})

test('an objective on the failures of a link judges their share, in the worst window where it has a length', () => {
  const data = recordOf(
    () => 10,
    (sec) => (sec >= 10 && sec < 13 ? 5 : 0),
  )
  const ratio = { unit: 'ratio' } as const
  expect(judge(data, 'link.payments.failed', '<', 0.06, ratio).actual).toBeCloseTo(0.05)
  expect(judge(data, 'link.payments.failed', '<', 0.06, { ...ratio, overSec: 3 })).toMatchObject({ verdict: 'fail', actual: 0.5 })
  expect(
    judge(
      recordOf(() => 10),
      'link.payments.failed',
      '<',
      0.06,
      ratio,
    ).verdict,
  ).toBe('pass')
})

test('open connections are judged by the second with the most of them', () => {
  const data = recordOf(() => 10)
  expect(judge(data, 'link.payments.open', '<', 9)).toMatchObject({ verdict: 'fail', actual: 9 })
  expect(judge(data, 'link.payments.open', '<=', 9).verdict).toBe('pass')
})

test('a link that our proxy does not stand in is unknown', () => {
  expect(
    judge(
      recordOf(() => 10),
      'link.db.calls',
      '<',
      9,
    ),
  ).toMatchObject({ verdict: 'unknown', actual: null })
})

test('a stop condition on a link fires when it comes true, and stays silent where it does not', () => {
  const stop = [objective('link.payments.calls', '>', 30, { unit: 'perSec', forSec: 3 })]
  const alarmOf = (data: RunData) => createStopMonitor(stop).check(data, data.tests[0]!.name, data.lastSec)
  expect(alarmOf(recordOf((sec) => (sec >= 10 && sec < 13 ? 31 : 5)))).toMatchObject({ value: 31, scope: 'target' })
  expect(alarmOf(recordOf((sec) => (sec >= 10 && sec < 12 ? 31 : 5)))).toBeUndefined()
})
