import { judgeBreaker } from '../../src/verdicts/breaker/index.ts'
import { simulateBreakerTest } from '../../test/kit/breakers/simulate.ts'
import { breakerSystems } from '../../test/kit/breakers/systems.ts'
import type { TruthCase } from './row.ts'

/** Whole tests of simulated breakers on virtual time, judged from the record that they leave. */
export const breakerCases: readonly TruthCase[] = breakerSystems.map(({ name, expected, ...system }) => ({
  ...{ detector: 'circuit breaker', system: name, expected, isBroken: expected !== 'OK', promise: 0.02 },
  say: (seed) => {
    const [test] = simulateBreakerTest({ ...system, seed }).tests
    return test === undefined ? 'nothing' : judgeBreaker(test, 'payments').verdict
  },
}))
