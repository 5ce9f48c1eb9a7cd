import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { rankTest } from './rank-test.ts'

describe('the rank test', () => {
  it('gives U as a share of the pairs, and the two-sided probability of its normal approximation', () => {
    // Counted by hand: 11 of 7 × 6 pairs, no ties; variance 7 × 6 × 14 / 12 = 49, z = (21 − 11 − ½) / 7 = 1.357, p = 0.1747.
    const a = [7, 3, 6, 2, 4, 3.5, 5]
    const b = [3.2, 5.5, 6.5, 4.2, 8, 9]
    const { p, effect } = rankTest(a, b) ?? { p: NaN, effect: NaN }
    expect(effect).toBeCloseTo(11 / 42, 10)
    expect(p).toBeCloseTo(0.1747, 3)
  })

  it('finds nothing where all values are the same', () => {
    expect(rankTest([1, 1, 1], [1, 1])).toEqual({ p: 1, effect: 0.5, difference: 0 })
  })

  it('tells the difference of the medians, with its sign', () => {
    expect(rankTest([5, 6, 7], [1, 2, 3])).toMatchObject({ effect: 1, difference: 4 })
  })

  it('is below a twentieth in about a twentieth of equal samples', () => {
    const random = seededRandom(1, 5)
    const some = () => Array.from({ length: 40 }, () => random.next())
    let below = 0
    for (let i = 0; i < 1000; i++) {
      if ((rankTest(some(), some())?.p ?? 1) < 0.05) below++
    }
    // Three standard deviations of 1000 throws at 0.05 are 21.
    expect(Math.abs(below - 50)).toBeLessThan(21)
  })

  it('says nothing without values', () => {
    expect(rankTest([], [1])).toBeUndefined()
  })
})
