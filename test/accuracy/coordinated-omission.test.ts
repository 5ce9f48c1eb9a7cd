import { expect, test } from 'vitest'
import { freePort, stallCase, truthPlan } from '../../src/selftest/index.ts'
import { expectTruth } from './expect-truth.ts'
import { queueServer, runCli } from './run-cli.ts'

const stall = stallCase({ stallMs: 400, periodMs: 2000, rate: 200, durationSec: 10 })

test('arrivals see a stall as the formula says: p95 and p99 within 5 %', async (context) => {
  await expectTruth(context, stall)
})

test('a closed loop of one user hardly sees the same stall, because it waits with the server', async () => {
  const closed = { ...stall, name: 'closed', load: 'users: 1', durationSec: 6 }
  const { tests } = await runCli(truthPlan(closed, { port: await freePort(), seed: 1, serverEntry: queueServer }))
  const { p99, max } = tests['closed']?.latencyMs ?? { p99: null, max: null }
  // One request in each 2 s stands still, of a thousand and more: p99 is the time of the service, 0.5 ms, and what a busy machine adds.
  expect(p99).toBeLessThan(0.1 * 382)
  expect(max).toBeGreaterThan(300)
})
