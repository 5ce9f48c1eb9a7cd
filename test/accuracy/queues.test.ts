import { expect, test } from 'vitest'
import { ddcCase, md1Case, mm1Case } from '../../src/selftest/index.ts'
import { expectTruth } from './expect-truth.ts'

// Tolerance: 3 % or the 95 % interval against the formula, and 3 % against what the server drew. The queues are many, because waits in one
// queue depend on each other: 30,000 waits at rho 0.7 weigh as much as 900 independent ones.

test('M/M/1 at rho 0.5 has the mean and percentiles of the formula', async (context) => {
  await expectTruth(context, mm1Case({ serviceMs: 20, rho: 0.5, queues: 50, durationSec: 10 }))
})

test('M/M/1 at rho 0.7 has the mean and percentiles of the formula', async (context) => {
  await expectTruth(context, mm1Case({ serviceMs: 15, rho: 0.7, queues: 40, durationSec: 16 }))
})

test('M/D/1 at rho 0.6 has the mean and percentiles of the formula', async (context) => {
  await expectTruth(context, md1Case({ serviceMs: 20, rho: 0.6, queues: 50, durationSec: 18 }))
})

// 3 % of the service time must be more than the few milliseconds that a shared machine takes away now and then.
test('D/D/20 below its capacity answers in its service time, every time', async (context) => {
  const { latencyMs } = await expectTruth(context, ddcCase({ serviceMs: 200, servers: 20, rho: 0.9, durationSec: 12 }))
  // Never early: that would be a wrong clock.
  expect(latencyMs.min).toBeGreaterThanOrEqual(200)
})
