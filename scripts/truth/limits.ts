import { seededRandom } from '../../src/base/random.ts'
import { judgeFigures, limitedBy } from '../../test/kit/limited-figures.ts'
import type { LimitedFigures } from '../../test/kit/limited-figures.ts'
import type { TruthCase } from './row.ts'

/** A service whose capacity and noise are drawn by the seed: readings are off by up to 3 %. */
function drawn(seed: number): LimitedFigures {
  const random = seededRandom(seed)
  const edge = Math.round(60 * (1 + 9 * random.next()))
  return { edge, noise: () => 0.97 + 0.06 * random.next() }
}

const any: LimitedFigures = { edge: 100, noise: () => 1 }

/** Each resource that limits, and the twin of all of them, which nothing limits that is watched. */
export const limitCases: readonly TruthCase[] = [
  ...Object.keys(limitedBy(any)).map((resource): TruthCase => ({
    detector: 'what limits',
    system: `${resource} is full at the capacity`,
    expected: resource,
    isBroken: true,
    say: (seed) => {
      const known = drawn(seed)
      return judgeFigures(limitedBy(known)[resource] ?? {}, known).limitedBy ?? 'nothing'
    },
  })),
  {
    detector: 'what limits',
    system: 'the limit is out of sight',
    expected: 'nothing',
    isBroken: false,
    say: (seed) => judgeFigures({}, drawn(seed)).limitedBy ?? 'nothing',
  },
]
