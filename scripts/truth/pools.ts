import { judgePool } from '../../src/verdicts/pool/index.ts'
import { simulatePoolTest } from '../../test/kit/pools/simulate.ts'
import type { SimulatedPoolRun } from '../../test/kit/pools/simulate.ts'
import { poolSystems } from '../../test/kit/pools/systems.ts'
import type { TruthCase } from './row.ts'

function judged(system: Omit<SimulatedPoolRun, 'seed'>, seed: number) {
  const data = simulatePoolTest({ ...system, seed })
  const [test] = data.tests
  return test === undefined ? undefined : judgePool(data, test, 'db')
}

/** Whole tests of simulated pools on virtual time, judged from the record that they leave: the verdict, and the connections at the limit. */
const verdicts = poolSystems.map(({ name, expected, limit, ...system }): TruthCase => ({
  ...{ detector: 'connection pool', system: name, isBroken: expected !== 'OK' && expected !== 'UNKNOWN' },
  expected: said(expected, limit),
  say(seed) {
    const found = judged(system, seed)
    return said(found?.verdict ?? 'nothing', found?.limit?.connections)
  },
}))

function said(verdict: string, limit: number | undefined): string {
  return limit === undefined ? verdict : `${verdict}, limit ${String(limit)}`
}

/** Where a limit is found, what a request holds is measured as well. */
const holdTimes = poolSystems
  .filter(({ expected }) => expected === 'OK')
  .map((system): TruthCase => ({
    ...{ detector: 'time that a request holds a connection', system: system.name, isBroken: false, expected: 'within 5 %' },
    say(seed) {
      const sec = judged({ ...system, seconds: 120 }, seed)?.usual?.holdSec ?? 0
      const error = sec / system.truth.holdSec - 1
      return Math.abs(error) <= 0.05 ? 'within 5 %' : `${(100 * error).toFixed(1)} % off`
    },
  }))

export const poolCases: readonly TruthCase[] = [...verdicts, ...holdTimes]
