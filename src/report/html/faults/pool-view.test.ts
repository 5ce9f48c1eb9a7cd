import { expect, it } from 'vitest'
import { simulatePoolTest } from '../../../../test/kit/pools/simulate.ts'
import { correctPool } from '../../../../test/kit/pools/simulated-pool.ts'
import { judgePool } from '../../../verdicts/pool/index.ts'
import { pagePool } from './pool-view.ts'

it('shows the connections over time, and the times in which they were held', () => {
  const data = simulatePoolTest({ truth: correctPool, seed: 3, seconds: 90 })
  const [test] = data.tests
  if (test === undefined) throw new Error('no test')
  const { word, x, busy, open, held, steps, endpoints } = pagePool(test, judgePool(data, test, 'db'))
  expect(word).toBe('pass')
  expect([x.length, busy.length, open.length]).toEqual([90, 90, 90])
  expect(held.map(({ label }) => label)).toEqual([...['all held', 'all held', '5 held', '7 held', '9 held', 'database full']])
  const [first] = held
  const middle = Math.round(((first?.fromSec ?? 0) + (first?.toSec ?? 0)) / 2)
  expect(busy[middle]).toBeCloseTo(10, 1)
  expect(open[middle]).toBe(10)
  expect(busy[2]).toBeLessThan(3)
  expect(steps).toHaveLength(3)
  expect(endpoints.map(({ outcome }) => outcome)).toEqual(['fails', 'goes on'])
})
