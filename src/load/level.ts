import type { Stage } from '../model/load-spec.ts'

/** The integral of one straight piece from its start: `a·u + (b − a)·u² / 2d`. Levels per second give arrivals, users give user-seconds. */
export function stageTotal(stage: Stage): number {
  return stage.durationSec > 0 ? ((stage.from + stage.to) / 2) * stage.durationSec : 0
}

/** Arrivals that a rate over time makes: the integral of all stages. */
export function totalArrivals(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + stageTotal(stage), 0)
}

export function totalSeconds(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + Math.max(0, stage.durationSec), 0)
}

/** The level at a time; where two stages meet, the later one counts. 0 before the first and after the last. */
export function levelAt(stages: readonly Stage[], tSec: number): number {
  if (!(tSec >= 0)) return 0
  let begin = 0
  for (const stage of stages) {
    if (tSec < begin + stage.durationSec) return stage.from + ((stage.to - stage.from) * (tSec - begin)) / stage.durationSec
    begin += Math.max(0, stage.durationSec)
  }
  return 0
}

/** The highest level that any stage reaches. */
export function peakLevel(stages: readonly Stage[]): number {
  return stages.reduce((peak, stage) => (stage.durationSec > 0 ? Math.max(peak, stage.from, stage.to) : peak), 0)
}

/**
 * Inverts the cumulative level Λ(t) for rising arguments: seconds at which Λ reaches `x`, or Infinity beyond the end.
 * Within a stage `a·u + s·u²/2 = x` has the root `u = 2x / (a + √(a² + 2sx))`, the form that does not cancel when the slope `s` is small.
 */
export function createInverse(stages: readonly Stage[]): (x: number) => number {
  let at = 0
  let beginSec = 0
  let before = 0
  return (x) => {
    for (; at < stages.length; at++) {
      const stage = stages[at]
      if (stage === undefined) break
      const inside = stageTotal(stage)
      if (inside > 0 && x <= before + inside) return beginSec + timeWithin(stage, x - before)
      beginSec += Math.max(0, stage.durationSec)
      before += inside
    }
    return Infinity
  }
}

function timeWithin(stage: Stage, x: number): number {
  if (x <= 0) return 0
  const slope = (stage.to - stage.from) / stage.durationSec
  // Rounding may push the discriminant of a ramp down to 0 a hair below it.
  const root = Math.sqrt(Math.max(0, stage.from * stage.from + 2 * slope * x))
  const sum = stage.from + root
  return sum > 0 ? Math.min(stage.durationSec, (2 * x) / sum) : stage.durationSec
}
