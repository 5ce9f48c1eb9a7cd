import { kneeByPower } from '../../src/analysis/index.ts'
import { seededRandom } from '../../src/base/random.ts'
import { ddc, mm1 } from '../../test/kit/simulated-systems.ts'
import type { SimulatedSystem } from '../../test/kit/simulated-systems.ts'
import type { TruthCase } from './row.ts'

/** Windows of 10 s at each load of a ladder in steps of 4 % of μ, on a virtual clock. */
function ladder(system: SimulatedSystem, mu: number, seed: number) {
  return Array.from({ length: 21 }, (_, i) => {
    const load = mu * (0.1 + 0.04 * i)
    const random = seededRandom(seed, i)
    const answer = system(() => random.next(), load)
    const [goodput, latencySec]: [number[], number[]] = [[], []]
    let now = 0
    for (let window = 1; window <= 60; window++) {
      const latencies: number[] = []
      while (now < 10 * window) {
        now += -Math.log(1 - random.next()) / load
        latencies.push(answer(now).done - now)
      }
      goodput.push(latencies.length / 10)
      latencySec.push(latencies.reduce((sum, one) => sum + one, 0) / latencies.length)
    }
    return { load, goodput, latencySec }
  })
}

function said(system: SimulatedSystem, { mu, truth, seed }: { mu: number; truth: number; seed: number }): string {
  const knee = kneeByPower(ladder(system, mu, seed), { random: seededRandom(seed, 99), resamples: 200 })
  if (knee.kind === 'unknown') return 'unknown'
  const [low, high] = knee.interval
  // The next load of the ladder may be nearest.
  const step = 0.04 * mu
  return low - step / 2 <= truth && truth <= high + step / 2 ? 'interval holds it' : 'interval misses it'
}

const mu = 80

export const kneeCases: readonly TruthCase[] = [
  {
    ...{ detector: 'knee by power', system: 'M/M/1, truth μ/2', expected: 'interval holds it', isBroken: true, promise: 0.1 },
    say: (seed) => said(mm1(mu), { mu, truth: 0.5 * mu, seed }),
  },
  {
    ...{
      detector: 'knee by power',
      system: 'M/D/1, truth (2 − √2) μ',
      expected: 'interval holds it',
      isBroken: true,
      promise: 0.1,
    },
    say: (seed) => said(ddc(1, 1 / mu), { mu, truth: (2 - Math.SQRT2) * mu, seed }),
  },
]
