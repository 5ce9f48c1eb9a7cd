import type { PoolStage, PoolStep } from '../../model/pool-step.ts'
import { poolCourse } from './course.ts'
import type { PoolView } from './view.ts'

export interface PoolTestOptions {
  readonly link: string
  /** When the load has warmed up, and when it ends: the test has the time between. */
  readonly fromSec: number
  readonly toSec: number
  /** After which the clients of the test give up. */
  readonly clientTimeoutSec: number
  readonly view: PoolView
}

/** What is to be done now. */
export type PoolMove =
  | { readonly kind: 'note'; readonly stage: PoolStage; readonly step: 'begun' | 'ended' }
  | { readonly kind: 'skip'; readonly stage: PoolStage; readonly why: string }
  /** `connections`: answers to so many are held back; absent: to all. */
  | { readonly kind: 'hold' | 'release'; readonly stage: PoolStage; readonly connections?: number }
  /** The database is asked what it has room for; sessions of our own take all of it, or give it back. */
  | { readonly kind: 'ask' | 'take' | 'give-back'; readonly stage: PoolStage }

export interface PoolTest {
  /** Looks at the view and says what to do now; `undefined` once there is nothing left to do. */
  next(nowSec: number): readonly PoolMove[] | undefined
}

/** What crossed a link is posted a tenth of a second later; twice that for a busy machine. */
const lagSec = 0.3

/** The test of a connection pool (D13): stage after stage, as far as the time allows. No clock and no socket: it is asked again about every tenth of a second. */
export function createPoolTest(options: PoolTestOptions): PoolTest {
  const now = { sec: options.fromSec }
  const stages = poolCourse(options, now)
  let isOver = false
  return {
    next(nowSec) {
      if (isOver) return undefined
      now.sec = nowSec
      options.view.update(nowSec - lagSec)
      const { done, value } = stages.next()
      isOver = done === true
      return isOver ? undefined : (value as readonly PoolMove[]) // a generator that is not done yields moves
    },
  }
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
