import type { PoolStage, PoolStep } from '../../model/pool-step.ts'
import { stagedTest } from '../staged-test.ts'
import type { StagedTest, StagedTime, StageMove } from '../staged-test.ts'
import { poolStages } from './course.ts'
import type { PoolView } from './view.ts'

export interface PoolTestOptions extends StagedTime {
  readonly link: string
  /** After which the clients of the test give up. */
  readonly clientTimeoutSec: number
  readonly view: PoolView
}

/** What is to be done now. */
export type PoolMove =
  | StageMove<PoolStage>
  /** `connections`: answers to so many are held back; absent: to all. */
  | { readonly kind: 'hold' | 'release'; readonly stage: PoolStage; readonly connections?: number }
  /** The database is asked what it has room for; sessions of our own take all of it, or give it back. */
  | { readonly kind: 'ask' | 'take' | 'give-back'; readonly stage: PoolStage }

/** The test of a connection pool (D13). */
export function createPoolTest(options: PoolTestOptions): StagedTest<PoolMove> {
  return stagedTest(options, (now) => poolStages(options, now))
}

/** A move as the record has it; what the database says to the others is of their step. */
export function poolStepOf(move: Exclude<PoolMove, { kind: 'ask' | 'take' | 'give-back' }>, link: string): PoolStep {
  const { stage } = move
  switch (move.kind) {
    case 'note':
      return { link, stage, step: move.step }
    case 'skip':
      return { link, stage, step: 'skipped', why: move.why }
    case 'hold':
    case 'release': {
      const { connections } = move
      return {
        ...{ link, stage, step: move.kind === 'hold' ? ('held' as const) : ('released' as const) },
        ...(connections === undefined ? {} : { connections }),
      }
    }
  }
}
