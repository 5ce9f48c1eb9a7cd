import type uPlot from 'uplot'
import type { PageLimiter } from '../../faults/fault-data.ts'
import { clock, digits } from '../../../numbers.ts'
import { mountChart } from '../mount-chart.ts'
import { table } from '../pressure-sections.ts'
import { colour } from '../theme.ts'
import { perSecondFrame } from './per-second-frame.ts'
import { testRows } from './test-rows.ts'

/** What was let through over time, and the line B + R t. */
export function limiterFigure(place: HTMLElement, { name, x, accepted, line, lineLabel }: PageLimiter): void {
  if (x.length < 2) return
  const shown = (_: uPlot, value: number | null): string => (value === null ? '–' : digits(value))
  mountChart(place, {
    id: `limiter-${name}`,
    title: `Let through by ${name}`,
    description: `Requests that the limiter ${name} let through, counted from the first one of the probe, and the line fitted to them; the sentences above have its figures`,
    height: 190,
    data: [[...x], [...accepted], [...line]],
    swatch: (series) => colour(series === 0 ? 's0' : 's1'),
    options: () => ({
      ...perSecondFrame(24, String),
      series: [
        { label: 'after', value: (_, sec: number | null) => (sec === null ? '–' : clock(sec)) },
        { label: 'let through', stroke: () => colour('s0'), width: 1.5, points: { show: false }, value: shown },
        { label: lineLabel, stroke: () => colour('s1'), width: 1.5, dash: [6, 4], points: { show: false }, value: shown },
      ],
    }),
  })
}

export function limiterTests({ tests }: PageLimiter): HTMLElement {
  return table(['', 'Test', 'What is asked', 'Evidence'], testRows(tests))
}
