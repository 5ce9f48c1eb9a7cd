import { detectLeak } from '../../src/analysis/index.ts'
import { simulateHeap } from '../../test/kit/simulated-leaks.ts'
import type { HeapTruth } from '../../test/kit/simulated-leaks.ts'
import type { TruthCase } from './row.ts'

const heaps: readonly (readonly [name: string, truth: HeapTruth, leaks: boolean])[] = [
  ['flat heap', { bytesPerRequest: 0 }, false],
  ['64 bytes a request', { bytesPerRequest: 64 }, true],
  ['1024 bytes a request', { bytesPerRequest: 1024 }, true],
  ['cache that fills with a time constant of 150 s', { bytesPerRequest: 0, cache: { bytes: 90e6, tauSec: 150 } }, false],
  ['cache that fills with a time constant of 450 s', { bytesPerRequest: 0, cache: { bytes: 90e6, tauSec: 450 } }, false],
]

/** Twenty minutes of a heap with its collections; a promise of two in a hundred. */
export const leakCases: readonly TruthCase[] = heaps.map(([system, truth, leaks]) => ({
  ...{ detector: 'leak, 20 minutes simulated', system, expected: leaks ? 'leak' : 'no leak', isBroken: leaks, promise: 0.02 },
  say: (seed) => (detectLeak(simulateHeap(truth, seed)).kind === 'leak' ? 'leak' : 'no leak'),
}))
