import type { Range, TestData } from '../analysis/index.ts'

/** Rule (a): laws of a steady state are judged where the load is steady. A trace has no such stretch. */
export function constantStretch(test: TestData): Range | undefined {
  const loads = test.spec.loads.map(({ load }) => load)
  if (loads.some((load) => load.model === 'trace')) return undefined
  const isConstant = (sec: number): boolean =>
    loads.every((load) => {
      if (load.model !== 'closed' && load.model !== 'open') return true
      let from = 0
      for (const stage of load.stages) {
        const to = from + stage.durationSec
        // A second that holds a change of level is not constant.
        if (sec >= from && sec + 1 <= to + 1e-9) return stage.from === stage.to
        from = to
      }
      return false
    })
  const level = (sec: number): string => test.spec.phases.find(({ fromSec, toSec }) => sec >= fromSec && sec < toSec)?.name ?? ''
  let best: Range = { from: 0, to: 0 }
  let current: Range | undefined
  for (let sec = test.judged.from; sec < test.judged.to; sec++) {
    if (!isConstant(sec)) current = undefined
    else if (current === undefined || level(current.from) !== level(sec)) current = { from: sec, to: sec + 1 }
    else current = { from: current.from, to: sec + 1 }
    if (current !== undefined && current.to - current.from > best.to - best.from) best = current
  }
  return best.to - best.from >= 10 ? best : undefined
}
