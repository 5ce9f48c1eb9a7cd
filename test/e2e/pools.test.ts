import { describe, expect, test } from 'vitest'
import { realPools, runRealPool } from '../kit/pools/real-pools.ts'

// Real time, a real PostgreSQL and pg's own pool. Several at once, for most of the time is spent waiting.
describe.concurrent('a pool of eight connections', () => {
  test.each(realPools)('that $pool: $expected', { timeout: 150_000 }, async (one) => {
    const { test: result, again } = await runRealPool(one)
    const { pools: [found] = [], objectives, findings } = result
    const told = JSON.stringify(found, null, 1)
    expect(found?.verdict, told).toBe(one.expected)
    expect(found?.limit?.of, told).toBe(one.limit)
    if (one.limit === 'pool') expect(found?.limit?.connections, told).toBe(8)
    expect(objectives[0]?.verdict).toBe(one.expected === 'OK' ? 'pass' : 'fail')
    expect(findings.some(({ id }) => id.startsWith('pool-'))).toBe(one.expected !== 'OK')
    // One more than the plan has is for proofload's own look at it.
    expect(found?.database).toMatchObject({ max: 21, reserved: 0 })
    expect(found?.full?.endpoints.find(({ name }) => name === 'GET /health')?.outcome).toBe('goes on')
    expect(again.pools).toEqual(result.pools)
  })
})
