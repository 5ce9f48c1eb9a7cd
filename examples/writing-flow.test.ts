// A load test inside another test runner: `node --import tsx --test examples/writing-flow.test.ts`
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runPlan } from 'proofload/runner'

const plan = fileURLToPath(new URL('../systems/writing-flow/writing-flow.plan.ts', import.meta.url))

void test('the writing flow bears more than it takes at once, and nothing is wrong with it', { timeout: 120_000 }, async () => {
  const result = await runPlan(plan, {
    quick: true,
    tests: ['concurrent load'],
    workers: 1,
    seed: 7,
    out: process.env['LOAD_TEST_OUT'] ?? '.proofload/writing-flow-test',
    // Guards of this run, instead of those of the plan.
    stopWhen: ['generator.memory > 500MB', 'generator.memory.growth > 20MB/s for 20s', 'test.time > 60s'],
  })
  const [load] = result.tests
  assert.ok(load)
  assert.deepEqual(load.findings, [])
  assert.equal(result.verdict, 'passed', load.reason)
  assert.ok(load.totals.iterations > 50, `${load.totals.iterations} texts`)
})
