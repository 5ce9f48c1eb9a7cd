import type { LimiterSpec } from '../../model/limiter-spec.ts'
import type { LimiterStage } from '../../model/limiter-step.ts'
import type { StagedTime, StageMove } from '../staged-test.ts'
import type { LimiterView } from './view.ts'

export interface LimiterTestOptions extends StagedTime {
  readonly spec: LimiterSpec
  /** Clients that it can tell apart. */
  readonly keys: number
  readonly view: LimiterView
  /** The source address of a client may be chosen: the target is on loopback. */
  readonly hasAddresses: boolean
}

/** What is to be sent now, or noted. */
export type LimiterMove =
  | StageMove<LimiterStage>
  /** From now on so many requests a second, until `stop`; of one key, or of so many from it on, in turn. */
  | {
      readonly kind: 'stream'
      readonly stage: LimiterStage
      readonly key: number
      readonly keys?: number
      readonly perSec: number
      readonly part: string
    }
  | { readonly kind: 'stop'; readonly stage: LimiterStage }
  /** So many one after the other, each when the one before is answered, until one is refused where that is asked for; then so many at the same moment. */
  | {
      readonly kind: 'burst'
      readonly stage: LimiterStage
      readonly key: number
      readonly count: number
      readonly untilRefused?: true
      readonly together?: number
      /** Not before this second of the load. */
      readonly atSec?: number
      /** None of those one after the other is begun later than so long after the first. */
      readonly withinSec?: number
    }
  /** For each of them a few times: requests until one is refused, one with the change, one without. */
  | {
      readonly kind: 'vary'
      readonly stage: LimiterStage
      readonly key: number
      readonly variants: readonly LimiterVariant[]
      readonly rounds: number
      /** Who asks in the rounds of `another key`. */
      readonly others: readonly number[]
      /** Requests until one is refused, at most. */
      readonly most: number
    }

/** What is changed of a request without a right to another answer; `another key` has that right. */
export type LimiterVariant = (typeof limiterVariants)[number] | 'another key'

export const limiterVariants = [
  'new connection',
  'x-forwarded-for',
  'x-real-ip',
  'forwarded',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'path case',
  'trailing slash',
  'double slash',
  'query',
  'method',
  'another address',
] as const
