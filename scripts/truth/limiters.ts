import { seededRandom } from '../../src/base/random.ts'
import { judgeLimiter } from '../../src/verdicts/limiter/index.ts'
import type { SimulatedLimiterRun } from '../../test/kit/limiters/simulate.ts'
import { simulatedLimiter, simulateLimiterTest } from '../../test/kit/limiters/simulate.ts'
import { slowLimiterSystems } from '../../test/kit/limiters/slow-systems.ts'
import { limiterSystems } from '../../test/kit/limiters/systems.ts'
import type { TruthCase } from './row.ts'

function judged(run: SimulatedLimiterRun) {
  const data = simulateLimiterTest(run)
  const [test] = data.tests
  return test === undefined ? undefined : judgeLimiter(data, test, simulatedLimiter)
}

/** Whole tests of limiters on virtual time, with parameters drawn by the seed, judged from the record that they leave: the verdict, and the kind. */
const verdicts = limiterSystems.map(({ name, expected, kind, draw }): TruthCase => ({
  ...{ detector: 'rate limiter', system: name, isBroken: expected !== 'ENFORCED', expected: said(expected, kind) },
  say(seed) {
    const source = seededRandom(seed)
    const found = judged({ ...draw(() => source.next()), seed })
    return said(found?.verdict ?? 'nothing', kind === undefined ? undefined : found?.fit?.kind)
  },
}))

/** On a busy machine it may be unknown, and nothing else than the truth. */
const slow = slowLimiterSystems.map(({ name, expected, draw }): TruthCase => {
  const right = `${expected} or UNKNOWN`
  return {
    ...{ detector: 'rate limiter on a busy machine', system: name, isBroken: expected !== 'ENFORCED', expected: right },
    say(seed) {
      const source = seededRandom(seed)
      const found = judged({ ...draw(() => source.next()), seed })?.verdict ?? 'nothing'
      return found === expected || found === 'UNKNOWN' ? right : found
    },
  }
})

function said(verdict: string, kind: string | undefined): string {
  return kind === undefined ? verdict : `${verdict}, ${kind}`
}

/** Where nothing is wrong, rate and burst are measured as well: of a sliding counter Q - 1 a window. */
const figures = limiterSystems
  .filter(({ kind }) => kind === 'token bucket' || kind === 'fixed window' || kind === 'sliding log')
  .map(({ name, draw }): TruthCase => ({
    ...{ detector: 'rate and burst of a limiter', system: name, isBroken: false, expected: 'within 3 % and one request' },
    say(seed) {
      const source = seededRandom(seed)
      const run = draw(() => source.next())
      const fit = judged({ ...run, seed })?.fit
      const { ratePerSec, burst } = run.truth
      const rate = (fit?.ratePerSec.value ?? 0) / ratePerSec - 1
      const isRight = Math.abs(rate) <= 0.03 && Math.abs((fit?.burst.value ?? 0) - burst) <= 1
      return isRight
        ? 'within 3 % and one request'
        : `${(100 * rate).toFixed(1)} % off, ${String(fit?.burst.value)} of ${String(burst)}`
    },
  }))

export const limiterCases: readonly TruthCase[] = [...verdicts, ...slow, ...figures]
