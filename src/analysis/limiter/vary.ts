import type { Random } from '../../base/random.ts'
import { seededRandom } from '../../base/random.ts'
import type { LimiterMove, LimiterVariant } from './moves.ts'
import { limiterVariants } from './moves.ts'

type Vary = Extract<LimiterMove, { kind: 'vary' }>

/** A request of such a test; whoever sends it answers whether it was refused. */
export interface VariedRequest {
  readonly key: number
  readonly part: string
  readonly variant?: LimiterVariant
}

/** What was sent just as the changed one would have been, and without the change: what chance serves, it serves as well. */
export const unchangedPart = 'unchanged for '

/** So many that are refused are no way around it. */
const fewRefused = 4
/** What is served most of the time is looked at so many times as often. */
const closer = 2.5
const oftenServed = 0.75

/**
 * For each change: requests until one is refused, one with the change, one without. Only what stands between two refusals counts; where a token comes
 * back in between nothing is learned, and it is done again, for a while. A change that was served is compared with none in the same place.
 */
export function* variedRequests({ key, variants, rounds, others, most }: Vary): Generator<VariedRequest, void, boolean> {
  for (const variant of variants) {
    if (variant === 'another key') {
      for (const other of others.slice(0, rounds)) yield* between({ key: other, part: variant, variant }, key, most)
    } else yield* compared({ key, variant, rounds, most, random: seededRandom(1, limiterVariants.indexOf(variant)) })
  }
}

interface Compared {
  readonly key: number
  readonly variant: LimiterVariant
  readonly rounds: number
  readonly most: number
  readonly random: Random
}

/** In a turn that never changes, tokens that come back in step with it would always meet the same one of the two: who is first is drawn. */
function* compared({ key, variant, rounds, most, random }: Compared): Generator<VariedRequest, void, boolean> {
  const changed = { asked: 0, served: 0 }
  let plain = 0
  const wanted = (): number =>
    changed.served === 0 ? fewRefused : changed.served >= oftenServed * changed.asked ? closer * rounds : rounds
  const isWanting = (): boolean => changed.asked < wanted() || (changed.served > 0 && plain < wanted())
  for (let round = 0; round < 3 * rounds && isWanting(); round++) {
    const isFirst = random.next() < 0.5
    for (const isChanged of [isFirst, !isFirst]) {
      if (isChanged && changed.asked < wanted()) {
        const isServed = yield* between({ key, part: variant, variant }, key, most)
        if (isServed !== undefined) changed.asked += 1
        if (isServed === true) changed.served += 1
      }
      if (!isChanged && changed.served > 0 && plain < wanted())
        if ((yield* between({ key, part: `${unchangedPart}${variant}` }, key, most)) !== undefined) plain += 1
    }
  }
}

/** Was it served? Undefined: what came before it or after it was not refused. */
function* between(request: VariedRequest, key: number, most: number): Generator<VariedRequest, boolean | undefined, boolean> {
  const control = { key, part: 'control' }
  let isDrained = false
  for (let i = 0; i < most && !isDrained; i++) isDrained = yield control
  const isServed = !(yield request)
  const isStill = yield control
  return isDrained && isStill ? isServed : undefined
}
