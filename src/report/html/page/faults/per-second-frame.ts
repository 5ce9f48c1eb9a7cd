import type uPlot from 'uplot'
import { clock, perSec } from '../../../numbers.ts'
import { axisOf, gridOf, secondSteps } from '../chart-look.ts'

/** Seconds of the load across, events a second (or what `shown` writes) up from 0; `top` is the room above the plot. */
export function perSecondFrame(
  top: number,
  shown: (value: number) => string = perSec,
): Pick<uPlot.Options, 'padding' | 'cursor' | 'scales' | 'axes'> {
  return {
    padding: [top, 12, 0, 0],
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] } },
    axes: [
      { ...axisOf(), values: (_, splits) => splits.map((sec) => clock(sec)), size: 26, space: 60, incrs: secondSteps },
      { ...axisOf(), values: (_, splits) => splits.map((value) => shown(value)), size: 66, space: 32, grid: gridOf() },
    ],
  }
}
