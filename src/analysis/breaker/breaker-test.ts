import type { BreakerStage, BreakerStep } from '../../model/breaker-step.ts'
import type { LinkAction, LinkProtocol } from '../../model/link-fault.ts'
import { course } from './course.ts'
import type { BreakerView } from './view.ts'

export interface BreakerTestOptions {
  readonly link: string
  readonly protocol: LinkProtocol
  /** When the load has warmed up, and when it ends: the test has the time between. */
  readonly fromSec: number
  readonly toSec: number
  /** Other dependencies are behind links of their own. */
  readonly view: BreakerView
}

/** What is to be done now; a `lay` is done when the proxy has it. */
export type BreakerMove =
  | { readonly kind: 'note'; readonly stage: BreakerStage; readonly step: 'begun' | 'ended' }
  | { readonly kind: 'skip'; readonly stage: BreakerStage; readonly why: string }
  | {
      readonly kind: 'lay' | 'lift'
      readonly stage: BreakerStage
      readonly action: LinkAction
      readonly share?: number
      readonly first?: number
    }

export interface BreakerTest {
  /** Looks at the view and says what to do now; `undefined` once there is nothing left to do. */
  next(nowSec: number): readonly BreakerMove[] | undefined
}

/** The test of a circuit breaker (D9): stage after stage, as far as the time allows. No clock and no socket: it is asked again about every tenth of a second. */
export function createBreakerTest(options: BreakerTestOptions): BreakerTest {
  const now = { sec: options.fromSec }
  const stages = course(options, now)
  let isOver = false
  return {
    next(nowSec) {
      if (isOver) return undefined
      now.sec = nowSec
      options.view.update(nowSec - lagSec)
      const { done, value } = stages.next()
      isOver = done === true
      return isOver ? undefined : (value as readonly BreakerMove[]) // a generator that is not done yields moves
    },
  }
}

/** What crossed a link is posted a tenth of a second later; twice that for a busy machine. */
const lagSec = 0.3

/** A move as the record has it. */
export function stepOf(move: BreakerMove, link: string): BreakerStep {
  const { stage } = move
  switch (move.kind) {
    case 'note':
      return { link, stage, step: move.step }
    case 'skip':
      return { link, stage, step: 'skipped', why: move.why }
    case 'lay':
    case 'lift': {
      const { kind, action, share, first } = move
      return {
        ...{ link, stage, step: kind === 'lay' ? 'laid' : 'lifted', action },
        ...(share === undefined ? {} : { share }),
        ...(first === undefined ? {} : { first }),
      }
    }
  }
}
