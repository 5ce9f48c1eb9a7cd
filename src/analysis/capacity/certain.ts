/** A trial that still runs. */
export interface PartialTrial {
  readonly load: number
  readonly durationSec: number
  readonly notGood: number
  readonly allowedShare: number
  readonly requestsPerLoad?: number
}

/**
 * Whether a running trial fails whatever comes: more is not good already than all its requests may be. Arrivals are random, so the total that can
 * still be reached is taken three standard deviations above the plan. There is no such end for a trial that passes: growth shows late.
 */
export function certainAlready({ load, durationSec, notGood, allowedShare, requestsPerLoad = 1 }: PartialTrial): 'fails' | null {
  const planned = load * requestsPerLoad * durationSec
  return notGood > allowedShare * (planned + 3 * Math.sqrt(planned)) ? 'fails' : null
}
