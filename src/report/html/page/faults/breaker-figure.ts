import type uPlot from 'uplot'
import type { PageBreaker } from '../../faults/fault-data.ts'
import { clock, perSec } from '../../../numbers.ts'
import { chartFont } from '../chart-look.ts'
import { mountChart } from '../mount-chart.ts'
import { table } from '../pressure-sections.ts'
import { colour } from '../theme.ts'
import { inPlot } from '../time-marks.ts'
import { perSecondFrame } from './per-second-frame.ts'
import { testRows } from './test-rows.ts'

const stateTones = { closed: 'good', open: 'bad', 'half-open': 'warn', unknown: 'quiet' } as const

/** Calls that reached the dependency, under the state that the breaker was taken to be in. */
export function breakerFigure(place: HTMLElement, breaker: PageBreaker): void {
  const { link, x, calls, states } = breaker
  if (x.length < 2) return
  const stateAt = (sec: number) => states.find(({ fromSec, toSec }) => sec >= fromSec && sec < toSec)?.state ?? 'unknown'
  mountChart(place, {
    id: `breaker-${link}`,
    title: `State of the circuit breaker of ${link}, and calls that reached it`,
    description: `The state of the circuit breaker of ${link} over time and the calls a second that reached it; the table below has the tests`,
    height: 190,
    data: [[...x], [...calls]],
    swatch: () => colour('s0'),
    options: () => ({
      ...perSecondFrame(24),
      series: [
        { label: 'at', value: (_, sec: number | null) => (sec === null ? '–' : `${clock(sec)}, ${stateAt(sec)}`) },
        {
          label: 'calls',
          stroke: () => colour('s0'),
          width: 1.5,
          points: { show: false },
          value: (_, value: number | null) => perSec(value),
        },
      ],
      hooks: { drawClear: [(chart) => paintStates(chart, states)] },
    }),
  })
}

/** A band a state with its name above it: not told by colour alone. */
function paintStates(chart: uPlot, states: PageBreaker['states']): void {
  const { ctx, bbox } = chart
  inPlot(chart, (context) => {
    for (const { state, fromSec, toSec } of states) {
      const left = chart.valToPos(fromSec, 'x', true)
      const width = Math.max(devicePixelRatio, chart.valToPos(toSec, 'x', true) - left)
      context.fillStyle = colour(stateTones[state])
      context.globalAlpha = 0.14
      context.fillRect(left, bbox.top, width, bbox.height)
      context.globalAlpha = 1
      context.fillRect(left, bbox.top, width, 4 * devicePixelRatio)
    }
  })
  ctx.save()
  ctx.font = chartFont.replace('11px', `${11 * devicePixelRatio}px`)
  ctx.fillStyle = colour('quiet')
  ctx.textBaseline = 'bottom'
  for (const { state, fromSec, toSec } of states) {
    const [left, right] = [chart.valToPos(fromSec, 'x', true), chart.valToPos(toSec, 'x', true)]
    if (ctx.measureText(state).width <= right - left - 4 * devicePixelRatio)
      ctx.fillText(state, left + 2 * devicePixelRatio, bbox.top - 3 * devicePixelRatio)
  }
  ctx.restore()
}

export function breakerTests({ tests }: PageBreaker): HTMLElement {
  return table(['', 'Test', 'What is asked', 'Evidence'], testRows(tests))
}
