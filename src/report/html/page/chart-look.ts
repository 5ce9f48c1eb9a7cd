import type uPlot from 'uplot'
import type { PageSeries } from '../page-data.ts'
import { colour } from './theme.ts'

export const chartFont = '11px system-ui, -apple-system, "Segoe UI", sans-serif'

/** Okabe and Ito's colours, told apart by colour-blind people too; "bad" has one of its own. */
export function seriesColour(index: number, tone: PageSeries['tone']): string {
  if (tone === 'bad') return colour('bad')
  if (tone === 'limit') return colour('quiet')
  if (tone === 'fit') return colour('bad')
  return colour(`s${index % 6}`)
}

/** Seconds between the marks of an axis of time: a mark at 2.5 s would read 0:02. */
export const secondSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600]

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

/** A swatch before each label, in the colour of its line. */
export function legendIn(place: HTMLElement, swatch: (series: number) => string): uPlot.Legend {
  return {
    live: true,
    mount: (_, element) => {
      place.append(element)
    },
    markers: { width: 0, fill: (_, series) => swatch(series - 1) },
  }
}

/** The swatches are painted once by the chart; in other colours they are painted again. The first belongs to the time axis. */
export function repaintLegend(place: HTMLElement, swatch: (series: number) => string): void {
  for (const [i, marker] of place.querySelectorAll<HTMLElement>('.u-marker').entries())
    if (i > 0) marker.style.background = swatch(i - 1)
}
