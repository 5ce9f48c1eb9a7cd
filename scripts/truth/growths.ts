import { growthTest } from '../../src/analysis/index.ts'
import { ddc, mm1, simulateTrial } from '../../test/kit/simulated-systems.ts'
import type { SimulatedSystem } from '../../test/kit/simulated-systems.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { TruthCase } from './row.ts'

/** D1b on the median latency of each second of a trial; a limit that nothing reaches, so that it runs to its end. */
const growing = (system: SimulatedSystem, load: number) => (seed: number) => {
  const conditions = { system, seed, limitSec: Number.POSITIVE_INFINITY, allowedShare: 1, poisson: true }
  const { growth } = simulateTrial({ load, durationSec: 120, purpose: 'confirm-lower' }, conditions)
  return growth?.growing === true ? 'growing' : 'steady'
}

const warmingUp = (seed: number) => {
  const random = seededRandom(seed, 5)
  const windows = Array.from({ length: 120 }, (_, t) => ({
    t,
    value: (1 - Math.exp(-(t + 1) / 8)) * (0.9 + 0.2 * random.next()),
  }))
  return growthTest(windows)?.growing === true ? 'growing' : 'steady'
}

export const growthCases: readonly TruthCase[] = [
  {
    ...{ detector: 'growth test', system: 'M/M/1 at 1.1 μ', expected: 'growing', isBroken: true, promise: 0.1 },
    say: growing(mm1(90), 99),
  },
  {
    ...{ detector: 'growth test', system: 'D/1 at 1.05 of its rate', expected: 'growing', isBroken: true, promise: 0.1 },
    say: growing(ddc(1, 1 / 90), 94.5),
  },
  {
    ...{ detector: 'growth test', system: 'M/M/1 at 0.7 μ', expected: 'steady', isBroken: false, promise: 0.05 },
    say: growing(mm1(90), 63),
  },
  {
    ...{ detector: 'growth test', system: 'M/M/1 at 0.9 μ', expected: 'steady', isBroken: false, promise: 0.1 },
    say: growing(mm1(90), 81),
  },
  {
    ...{ detector: 'growth test', system: 'a queue that fills up and stays', expected: 'steady', isBroken: false, promise: 0.05 },
    say: warmingUp,
  },
]
