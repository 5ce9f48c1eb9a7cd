import type { LimiterMove, LimiterVariant } from './moves.ts'

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
      continue
    }
    let asked = 0
    let served = 0
    let compared = 0
    const wanted = (): number => (served === 0 ? fewRefused : served >= oftenServed * asked ? closer * rounds : rounds)
    for (let round = 0; round < 3 * rounds && (asked < wanted() || (served > 0 && compared < wanted())); round++) {
      if (asked < wanted()) {
        const isServed = yield* between({ key, part: variant, variant }, key, most)
        if (isServed !== undefined) asked += 1
        if (isServed === true) served += 1
      }
      if (served === 0 || compared >= wanted()) continue
      if ((yield* between({ key, part: `${unchangedPart}${variant}` }, key, most)) !== undefined) compared += 1
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
