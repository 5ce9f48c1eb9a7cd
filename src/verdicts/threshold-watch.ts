import type { RunData, TestData } from '../analysis/index.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { CrossingResult } from '../model/run-result.ts'
import type { ThresholdCrossing } from '../model/threshold-crossing.ts'
import { holds } from './holds.ts'
import type { StopMoment } from './stop-readings.ts'
import { readStop } from './stop-readings.ts'

/** One reading alone may be chance; ours. */
const inARow = 2

interface TimedCrossing extends ThresholdCrossing {
  /** Of the reading, from the start of the load. */
  readonly sec: number
}

/** Watches the objectives of a test reading by reading, as `stopWhen` is watched: each tells when it is crossed, in both directions. */
export interface ThresholdWatch {
  /** What is new in the record since the last call. */
  look(moment: StopMoment): readonly TimedCrossing[]
}

export function createThresholdWatch(objectives: readonly ObjectiveSpec[]): ThresholdWatch {
  const each = objectives.map(watchOne)
  return { look: (moment) => each.flatMap((look) => look(moment)).toSorted((a, b) => a.sec - b.sec) }
}

function watchOne(objective: ObjectiveSpec): ThresholdWatch['look'] {
  const { text, unit = '' } = objective
  let seenSec = -Infinity
  let beyond = false
  let others = 0
  return (moment) => {
    const crossings: TimedCrossing[] = []
    for (const { sec, value } of readStop(objective, moment, { sinceSec: moment.test.spec.warmupSec, afterSec: seenSec })) {
      seenSec = sec
      if (value === undefined) continue
      others = holds(value, objective) === beyond ? others + 1 : 0
      if (others < inARow) continue
      others = 0
      beyond = !beyond
      crossings.push({ objective: text, beyond, value, unit, sec })
    }
    return crossings
  }
}

/** The times that each objective was crossed, of a test that only watches; undefined of any other. */
export function crossingsOf(data: RunData, test: TestData): readonly CrossingResult[] | undefined {
  if (test.spec.kind !== 'watch') return undefined
  const results: CrossingResult[] = []
  const all = createThresholdWatch(test.spec.objectives).look({ data, test, nowSec: data.lastSec })
  for (const { objective, beyond, value, unit, sec } of all) {
    const open = results.findIndex((one) => one.objective === objective && one.toSec === null)
    const before = results[open]
    if (beyond) results.push({ objective, unit, value, fromSec: sec, toSec: null })
    else if (before !== undefined) results[open] = { ...before, toSec: sec }
  }
  return results
}
