import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { compareBlocks } from './blocks.ts'

/** Rounds whose speed differs by half, with noise of a few percent within each. */
function simulated(truth: readonly number[], { rounds, noise, seed }: { rounds: number; noise: number; seed: number }) {
  const random = seededRandom(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  const speeds = Array.from({ length: rounds }, () => Math.exp(0.5 * normal()))
  return truth.map((one) => speeds.map((speed) => one * speed * Math.exp(noise * normal())))
}

describe('comparing variants in rounds', () => {
  it('gives the interval of a paired t-test for two of them', () => {
    // d = log ratio of the rounds: 0.10, 0.20, 0.15; mean 0.15, s = 0.05, t(0.975, 2) = 4.3027: ± 4.3027 · 0.05 / √3 = 0.12421.
    const first = [1, 2, 3]
    const second = [0.1, 0.2, 0.15].map((d, i) => first[i]! * Math.exp(d))
    const { ratio, interval } = compareBlocks([first, second]).ratio(1, 0)
    expect(Math.log(ratio)).toBeCloseTo(0.15, 10)
    expect(Math.log(interval![0])).toBeCloseTo(0.15 - 0.12421, 4)
    expect(Math.log(interval![1])).toBeCloseTo(0.15 + 0.12421, 4)
  })

  it('holds the truth in at least 95 of 100 comparisons of all variants together, however different the rounds are', () => {
    const truth = [1, 1, 1.3, 0.8]
    let missed = 0
    for (let seed = 1; seed <= 1000; seed++) {
      const blocks = compareBlocks(simulated(truth, { rounds: 2, noise: 0.05, seed }))
      const isMissed = [1, 2, 3].some((of) => {
        const [low, high] = blocks.ratio(of, 0).interval!
        return truth[of]! < low || truth[of]! > high
      })
      if (isMissed) missed++
    }
    // 5 % at most by design; three standard errors of a thousand tries are 2 %.
    expect(missed / 1000).toBeLessThan(0.07)
    // An interval that always holds says nothing: the risk is really taken.
    expect(missed).toBeGreaterThan(5)
  })

  it('does not take rounds that agree by chance for certainty', () => {
    const same = [
      [100, 100, 100],
      [101, 101, 101],
    ]
    const [low] = compareBlocks(same).ratio(1, 0).interval!
    expect(low).toBeGreaterThan(1)
    expect(compareBlocks(same, { leastVariance: 0.01 ** 2 }).ratio(1, 0).interval![0]).toBeLessThan(1)
  })

  it('has no interval after one round', () => {
    expect(compareBlocks([[100], [130]]).ratio(1, 0)).toEqual({ ratio: expect.closeTo(1.3, 10) as number, interval: null })
  })
})
