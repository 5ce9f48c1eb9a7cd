import { describe, expect, it } from 'vitest'
import published from '../../../test/data/queueing.json' with { type: 'json' }
import {
  erlangB,
  erlangC,
  md1MeanWait,
  md1Quantile,
  md1WaitCdf,
  md1WaitQuantile,
  mm1Inefficiency,
  mm1MeanResponse,
  mm1Quantile,
  mm1WaitQuantile,
} from './index.ts'
import {
  ddcCapacity,
  ddcResponse,
  mmcMeanWait,
  mmcQuantile,
  mmcResponseCdf,
  mmcWaitCdf,
  mmcWaitQuantile,
  stallExceeds,
  stallQuantile,
} from './index.ts'

const computed = published.COMPUTED_FROM_CLOSED_FORM_HERE

/** Both sides are closed forms in doubles. */
const digits = 9

function expectQuantiles(quantile: (p: number) => number, table: Record<string, number>): void {
  for (const [p, value] of Object.entries(table)) expect(quantile(Number(p)), `p=${p}`).toBeCloseTo(value, digits)
}

describe.each(computed['M/M/1'])('M/M/1 at load $rho', (row) => {
  it('has the published mean, percentiles and inefficiency', () => {
    const system = { lambda: row.lam, mu: row.mu }
    expect(mm1MeanResponse(system)).toBeCloseTo(row.W, digits)
    expectQuantiles((p) => mm1Quantile(system, p), row.response_percentiles)
    expectQuantiles((p) => mm1WaitQuantile(system, p), row.wait_percentiles)
    expect(mm1Inefficiency(row.rho)).toBeCloseTo(row.wait_autocorr_inefficiency, digits)
  })
})

describe.each(computed['M/M/c'])('M/M/$c at load $rho', (row) => {
  it('has the published Erlang values, mean and percentiles', () => {
    const system = { lambda: row.lam, mu: row.mu, servers: row.c }
    expect(erlangB(row.a, row.c)).toBeCloseTo(row.erlangB, digits)
    expect(erlangC(row.a, row.c)).toBeCloseTo(row.erlangC, digits)
    expect(mmcMeanWait(system)).toBeCloseTo(row.Wq, digits)
    expectQuantiles((p) => mmcQuantile(system, p), row.response_percentiles)
    expectQuantiles((p) => mmcWaitQuantile(system, p), row.wait_percentiles)
  })
})

describe.each(computed['M/D/1'])('M/D/1 at load $rho', (row) => {
  it('has the published mean and percentiles, also where the alternating sum breaks down', () => {
    const system = { lambda: row.lam, serviceSec: row.D }
    expect(md1MeanWait(system)).toBeCloseTo(row.Wq, digits)
    expectQuantiles((p) => md1WaitQuantile(system, p), row.wait_percentiles)
    expectQuantiles((p) => md1Quantile(system, p), row.response_percentiles)
  })
})

describe('queueing formulas', () => {
  it('give the call centre example of two other implementations', () => {
    const [example] = published.PUBLISHED
    const minutes = { lambda: example!.lambda_per_min, mu: 1 / example!.service_min, servers: example!.servers }
    expect(erlangC(example!.offered_erlang, example!.servers)).toBeCloseTo(example!.P_wait, 12)
    expect(mmcWaitCdf(minutes, 20 / 60)).toBeCloseTo(example!.P_wait_le_20s, 12)
    expect(mmcMeanWait(minutes) * 60).toBeCloseTo(example!.mean_wait_s, 9)
  })

  it('agree where one is a special case of the other', () => {
    expect(mmcQuantile({ lambda: 0.7, mu: 1, servers: 1 }, 0.99)).toBeCloseTo(mm1Quantile({ lambda: 0.7, mu: 1 }, 0.99), 9)
    // a = c - 1 has a formula of its own, which its neighbours must approach.
    const at = (lambda: number) => mmcResponseCdf({ lambda, mu: 1, servers: 2 }, 2)
    expect(at(1)).toBeCloseTo(at(1 + 1e-7), 6)
  })

  it('never let the distribution of M/D/1 fall or pass one', () => {
    const system = { lambda: 0.95, serviceSec: 1 }
    let before = 0
    for (let x = 0; x < 150; x += 0.25) {
      const now = md1WaitCdf(system, x)
      expect(now).toBeGreaterThanOrEqual(before)
      before = now
    }
    expect(before).toBeLessThanOrEqual(1 + 1e-12)
    expect(before).toBeGreaterThan(0.999)
  })

  it('know the capacity of D/D/c and how its queue grows beyond it', () => {
    const system = { servers: 4, serviceSec: 0.02 }
    expect(ddcCapacity(system)).toBeCloseTo(200)
    expect(ddcResponse(system, 190, 10)).toBe(0.02)
    // 50/s too many for 10 s are 500 waiting: 2.5 s of work.
    expect(ddcResponse(system, 250, 10)).toBeCloseTo(2.52)
  })

  it('turn a stall into the latency that an open model sees', () => {
    const stall = { stallSec: 1, everySec: 10, rho: 0.5 }
    expect(stallExceeds(stall, 0)).toBeCloseTo(0.2)
    for (const p of [0.85, 0.95, 0.99]) expect(stallExceeds(stall, stallQuantile(stall, p))).toBeCloseTo(1 - p, 12)
    expect(stallQuantile(stall, 0.5)).toBe(0)
  })
})
