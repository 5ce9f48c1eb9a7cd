import type { Now } from '../staged-test.ts'
import { bypass, race } from './essential-stages.ts'
import { boundary, cost, idle, retry } from './further-stages.ts'
import type { LimiterTestOptions } from './moves.ts'
import { probe } from './probe-stage.ts'
import type { Stages } from './tested-limiter.ts'
import { TestedLimiter } from './tested-limiter.ts'

/** Stages in the order of their worth. Each begins with a key that is idle, and leaves behind what its verdict needs. */
export function* limiterStages(options: LimiterTestOptions, now: Now): Stages {
  const tested = new TestedLimiter(options, now)
  const probed = yield* probe(tested)
  if (probed === undefined) return
  for (const stage of [race, bypass, boundary, retry, idle, cost]) yield* stage(tested, probed)
}
