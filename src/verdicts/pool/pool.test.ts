import { describe, expect, it } from 'vitest'
import { simulatePoolTest } from '../../../test/kit/pools/simulate.ts'
import { correctPool, patientPool } from '../../../test/kit/pools/simulated-pool.ts'
import { poolSystems } from '../../../test/kit/pools/systems.ts'
import { erlangC } from '../../analysis/index.ts'
import type { PlanSpec } from '../../model/plan-spec.ts'
import { judgePool, judgePoolObjective, poolFindings } from './index.ts'

const link = 'db'

function judged(options: Omit<Parameters<typeof simulatePoolTest>[0], 'seed'>, seed = 11) {
  const data = simulatePoolTest({ ...options, seed })
  const [test] = data.tests
  if (test === undefined) throw new Error('no test')
  return judgePool(data, test, link)
}

describe('the test of a connection pool', () => {
  it.each(poolSystems)('$name: $expected', ({ expected, limit, ...system }) => {
    const { verdict, reason, tests, limit: found } = judged(system)
    const told = `${reason} ${JSON.stringify(tests, null, 1)}`
    expect(verdict, told).toBe(expected)
    expect(found?.connections, told).toBe(limit)
  })

  it('tells what waits, what fails and what goes on while the pool is full', () => {
    const { full } = judged({ truth: correctPool })
    expect(full?.failure).toBe('time-out')
    expect(full?.waitP50Ms).toBeGreaterThan(790)
    expect(full?.waitP95Ms).toBeLessThan(820)
    expect(full?.endpoints.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['POST /orders', 'fails'],
      ['GET /health', 'goes on'],
    ])
    const stuck = judged({ truth: patientPool }).full
    expect(stuck?.failure).toBe('hang')
    expect(stuck?.endpoints.map(({ outcome }) => outcome)).toEqual(['waits', 'goes on'])
    expect(judged({ truth: { ...correctPool, waitSec: 0.001 } }).full?.failure).toBe('refused')
  })

  it('does not take the chance of few arrivals for an endpoint that waits', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const outcomes = (truth: typeof correctPool) =>
        judged({ truth, perSec: 10, seconds: 30 }, seed).full?.endpoints.map(({ outcome }) => outcome)
      const [orders, health] = outcomes(correctPool) ?? []
      expect.soft([orders, health], `seed ${seed}`).toEqual(['fails', 'goes on'])
      expect.soft(outcomes(patientPool), `seed ${seed}`).toEqual(['waits', 'goes on'])
    }
  })

  it('holds some of the connections, and finds how few of them bear the load', () => {
    const { steps, usual } = judged({ truth: { ...correctPool, limit: 20, holdSec: 0.1 }, perSec: 100, seconds: 150 })
    expect(steps.map(({ held }) => held)).toEqual([10, 15, 18, 19])
    // 70 a second for a tenth of a second: seven are in use on average.
    expect(usual?.busy).toBeCloseTo(7, 0)
    expect(steps.map(({ isBorne }) => isBorne)).toEqual([true, false, false, false])
    const [, five, two] = steps
    expect(five?.goodput).toBeLessThan(0.95)
    expect(two?.goodput).toBeLessThan(five?.goodput ?? 0)
  })

  it('says how many connections the load needs, by Little and Erlang', () => {
    const { size, usual, database } = judged({ truth: correctPool, perSec: 100, seconds: 90 })
    expect(usual?.holdSec).toBeGreaterThan(0.95 * 0.03)
    expect(usual?.holdSec).toBeLessThan(1.05 * 0.03)
    expect(usual?.perSec).toBeGreaterThan(60)
    expect(usual?.perSec).toBeLessThan(80)
    expect(database).toMatchObject({ max: 100, reserved: 3 })
    const { erlang = 0, connections = 0, waitShare, instances, by } = size ?? {}
    expect(erlang).toBeCloseTo((usual?.perSec ?? 0) * (usual?.holdSec ?? 0), 10)
    expect(waitShare).toBe(erlangC(erlang, connections))
    expect(waitShare).toBeLessThanOrEqual(0.01)
    expect(erlangC(erlang, connections - 1)).toBeGreaterThan(0.01)
    expect(instances).toBe(Math.floor(97 / connections))
    expect(by).toBe('load')
  })

  it('sizes for the peak that the plan tells', () => {
    const search = { unit: 'perSec', from: 1, to: 1000, within: 0.05, mix: {}, process: 'poisson', maxUsers: 10, peak: 300 }
    const rest = { minTrialSec: 1, maxTrialSec: 1, quick: false, settleLimitSec: 1, overload: [], overloadSec: 1 }
    const plan = { tests: [{ capacity: { ...search, ...rest } }] } as unknown as Partial<PlanSpec> // of another test only its search is read
    const { size, usual } = judged({ truth: correctPool, perSec: 100, plan })
    expect(size?.by).toBe('peak')
    expect((size?.perSec ?? 0) / (usual?.perSec ?? 1)).toBeCloseTo(3, 0)
  })

  it('sees that the target goes on while the database takes nobody else, or does not', () => {
    const { databaseFull, tests } = judged({ truth: correctPool, seconds: 90 })
    expect(databaseFull).toMatchObject({ isProven: true, errorShare: 0, refused: 0 })
    expect(tests.find(({ id }) => id === 'database-full')?.verdict).toBe('pass')
    // Who closes a connection after each request has to ask for new ones.
    const closing = judged({ truth: { ...correctPool, closes: true }, seconds: 90 })
    expect(closing.verdict).toBe('OK')
    expect(closing.tests.find(({ id }) => id === 'database-full')?.verdict).toBe('fail')
    expect(closing.databaseFull?.refused).toBeGreaterThan(10)
  })

  it('says what it had no time for', () => {
    const { tests, verdict } = judged({ truth: correctPool, seconds: 30 })
    expect(verdict).toBe('OK')
    expect(tests.find(({ id }) => id === 'database-full')).toMatchObject({
      verdict: 'skipped',
      evidence: expect.stringMatching(/s were left/) as string,
    })
  })

  it('judges a record that breaks off by what it has', () => {
    const killed = judged({ truth: correctPool, killedSec: 20 })
    expect(killed.limit?.connections).toBe(10)
    expect(killed.verdict).toBe('UNKNOWN')
    expect(judged({ truth: correctPool, killedSec: 3 }).verdict).toBe('UNKNOWN')
    expect(judged({ truth: correctPool, perSec: 1 }).reason).toMatch(/it takes more load, or more time/)
  })

  it('does not judge by what a limited generator saw', () => {
    const data = simulatePoolTest({ truth: correctPool, seed: 11 })
    const [test] = data.tests
    if (test === undefined) throw new Error('no test')
    const [one] = test.generators()
    if (one === undefined) throw new Error('no generator')
    const dropped = { usersCap: 0, generator: 500, target: 0 }
    data.addWindow({ t: 10, test: 'the test', ...one.window, worker: 1, dropped })
    expect(judgePool(data, test, link)).toMatchObject({
      verdict: 'UNKNOWN',
      reason: expect.stringMatching(/generator/) as string,
    })
  })
})

describe('an objective on a pool', () => {
  const objective = (op: '=' | '!=', word: string) => ({
    ...{ text: `pool(db) ${op} ${word}`, op, word, value: 0 },
    metric: { name: 'pool', selector: { kind: 'link' as const, name: link } },
  })
  const endless = judged({ truth: { ...correctPool, limit: Infinity, room: 37 } })

  it('holds when the verdict is the word', () => {
    expect(judgePoolObjective(objective('=', 'no-limit'), [endless])).toMatchObject({ verdict: 'pass', word: 'no-limit' })
    expect(judgePoolObjective(objective('!=', 'no-limit'), [endless])?.verdict).toBe('fail')
    expect(judgePoolObjective(objective('=', 'ok'), [endless])).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/^NO_LIMIT: The database refused more \(53300\) when 37 connections/) as string,
    })
  })

  it('is unknown when nobody knows the verdict', () => {
    expect(judgePoolObjective(objective('=', 'ok'), [{ ...endless, verdict: 'UNKNOWN' }])?.verdict).toBe('unknown')
    expect(judgePoolObjective(objective('=', 'ok'), undefined)).toMatchObject({ verdict: 'unknown', word: 'unknown' })
    expect(judgePoolObjective({ ...objective('=', 'ok'), metric: { name: 'p95' } }, [endless])).toBeUndefined()
  })

  it('has a finding for each defect', () => {
    expect(poolFindings([endless])).toMatchObject([{ id: 'pool-unbounded', severity: 'critical' }])
    expect(poolFindings([judged({ truth: correctPool })])).toEqual([])
  })
})
