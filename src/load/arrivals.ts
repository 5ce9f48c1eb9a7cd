import type { Random } from '../base/random.ts'
import type { LoadSpec, Stage } from '../model/load-spec.ts'
import { createInverse } from './level.ts'

/** The times of a whole load, one after the other, never falling: milliseconds from its start, Infinity once there are no more. */
export interface Arrivals {
  next(): number
}

export type ArrivalLoad = Extract<LoadSpec, { model: 'open' | 'trace' }>

/** The whole schedule of an open or a replayed load. The same load and the same numbers of `random` give the same times in every worker. */
export function arrivalTimes(load: ArrivalLoad, random: Random, traceTimesSec: readonly number[] = []): Arrivals {
  if (load.model === 'trace') return traceArrivals(traceTimesSec, load.durationSec)
  return load.process === 'uniform' ? uniformArrivals(load.stages) : poissonArrivals(load.stages, random)
}

/** Evenly spaced: arrival i is due when the cumulative rate reaches i + ½. The half keeps the count at the rounded integral, whatever the last bits of the sums are. */
function uniformArrivals(stages: readonly Stage[]): Arrivals {
  const inverse = createInverse(stages)
  let index = 0
  return { next: () => inverse(index++ + 0.5) * 1000 }
}

/** A Poisson process whose rate follows the stages, by change of time: unit exponential gaps through the inverse of the cumulative rate (Çinlar 1975). */
function poissonArrivals(stages: readonly Stage[], random: Random): Arrivals {
  const inverse = createInverse(stages)
  let cumulative = 0
  return {
    next: () => {
      cumulative -= Math.log1p(-random.next())
      return inverse(cumulative) * 1000
    },
  }
}

/** Recorded times; what lies beyond the length of the load is left out. */
function traceArrivals(timesSec: readonly number[], durationSec: number): Arrivals {
  let index = 0
  return {
    next: () => {
      const atSec = timesSec[index++]
      return atSec === undefined || atSec > durationSec ? Infinity : atSec * 1000
    },
  }
}
