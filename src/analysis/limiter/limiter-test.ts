import { stagedTest } from '../staged-test.ts'
import type { StagedTest } from '../staged-test.ts'
import { limiterStages } from './course.ts'
import type { LimiterMove, LimiterTestOptions } from './moves.ts'

/** The test of a rate limiter (D11). */
export function createLimiterTest(options: LimiterTestOptions): StagedTest<LimiterMove> {
  return stagedTest(options, (now) => limiterStages(options, now))
}
