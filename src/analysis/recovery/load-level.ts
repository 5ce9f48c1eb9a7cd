import type { LoadSpec } from '../../model/load-spec.ts'
import type { TestSpec } from '../../model/plan-spec.ts'

/** What the plan asks for in a second of a load, in arrivals a second or users; null where the plan does not say it (a trace, a number of iterations). */
export function levelAt({ loads }: TestSpec, sec: number): number | null {
  let sum = 0
  for (const { load } of loads) {
    const level = levelOf(load, sec)
    if (level === null) return null
    sum += level
  }
  return loads.length === 0 ? null : sum
}

function levelOf(load: LoadSpec, sec: number): number | null {
  if (load.model !== 'open' && load.model !== 'closed') return null
  let from = 0
  let amount = 0
  for (const stage of load.stages) {
    const to = from + stage.durationSec
    const [begin, end] = [Math.max(from, sec), Math.min(to, sec + 1)]
    if (end > begin) {
      const at = (t: number): number => stage.from + ((stage.to - stage.from) * (t - from)) / stage.durationSec
      amount += ((at(begin) + at(end)) / 2) * (end - begin)
    }
    from = to
  }
  return amount
}

/** Whether users or arrivals set the pace: a closed load asks for less when it is answered more slowly. */
export function isOpen({ loads }: TestSpec): boolean {
  return loads.length > 0 && loads.every(({ load }) => load.model === 'open' || load.model === 'trace')
}

/** Ours: loads within a twentieth of each other are the same load. */
export function isSameLevel(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b
  return Math.abs(a - b) <= 0.05 * Math.max(a, b)
}
