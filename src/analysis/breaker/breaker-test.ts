import type { BreakerStage, BreakerStep } from '../../model/breaker-step.ts'
import type { LinkAction, LinkProtocol } from '../../model/link-fault.ts'
import { stagedTest } from '../staged-test.ts'
import type { StagedTest, StagedTime, StageMove } from '../staged-test.ts'
import { breakerStages } from './course.ts'
import type { BreakerView } from './view.ts'

export interface BreakerTestOptions extends StagedTime {
  readonly link: string
  readonly protocol: LinkProtocol
  /** Other dependencies are behind links of their own. */
  readonly view: BreakerView
}

/** What is to be done now; a `lay` is done when the proxy has it. */
export type BreakerMove =
  | StageMove<BreakerStage>
  | {
      readonly kind: 'lay' | 'lift'
      readonly stage: BreakerStage
      readonly action: LinkAction
      readonly share?: number
      readonly first?: number
    }

/** The test of a circuit breaker (D9). */
export function createBreakerTest(options: BreakerTestOptions): StagedTest<BreakerMove> {
  return stagedTest(options, (now) => breakerStages(options, now))
}

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
