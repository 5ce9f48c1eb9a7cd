import type uPlot from 'uplot'
import type { PageSeries } from '../page-data.ts'
import { colour } from './theme.ts'

export const chartFont = '11px system-ui, -apple-system, "Segoe UI", sans-serif'

/** Okabe and Ito's colours, told apart by colour-blind people too; "bad" has one of its own. */
export function seriesColour(index: number, tone: PageSeries['tone']): string {
  if (tone === 'bad') return colour('bad')
  if (tone === 'limit') return colour('quiet')
  return colour(`s${index % 6}`)
}

export function gridOf(): uPlot.Axis.Grid {
  return { stroke: () => colour('grid'), width: 1 }
}

export function axisOf(): uPlot.Axis {
  return {
    stroke: () => colour('quiet'),
    font: chartFont,
    grid: { show: false },
    ticks: { stroke: () => colour('grid'), width: 1, size: 4 },
    gap: 4,
  }
}
