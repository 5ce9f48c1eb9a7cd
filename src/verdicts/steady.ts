import type { TestData } from '../analysis/index.ts'
import { mser5 } from '../analysis/index.ts'

export interface Steady {
  /** Second at which MSER-5 would begin to measure; null when it wants more data. */
  readonly fromSec: number | null
  /** Share of the judged time that it would leave out; null as above, or when the test is too short to ask (under 20 s). */
  readonly share: number | null
  readonly asked: boolean
}

/** Fewest seconds of which MSER-5 has anything to say: four batches of five. */
const fewestSec = 20

/** A staircase, or a fault in between, is no steady state that begins after a warm-up. */
function isMeantToChange({ spec: { loads, faults = [] } }: TestData): boolean {
  if (faults.length > 0) return true
  return loads.some(({ load }) => {
    if (load.model !== 'open' && load.model !== 'closed') return false
    const held = load.stages.filter(({ from, to, durationSec }) => from === to && durationSec > 0)
    return new Set(held.map(({ to }) => to)).size > 1
  })
}

/** Where MSER-5 would begin to measure, over the mean response of each judged second. Shown only: the plan's `warmup` is what is trimmed. */
export function steadyState(test: TestData): Steady {
  const { from, to } = test.judged
  if (isMeantToChange(test)) return { fromSec: null, share: null, asked: false }
  const means = test.rows({ range: test.judged }).flatMap((row) => (row.meanMs === null ? [] : [row.meanMs]))
  if (means.length < fewestSec) return { fromSec: null, share: null, asked: false }
  const steady = mser5(means)
  return steady === null
    ? { fromSec: null, share: null, asked: true }
    : { fromSec: from + steady.trim, share: steady.trim / (to - from), asked: true }
}
