import uPlot from 'uplot'
import type { PagePercentiles } from '../page-data.ts'
import { count, ms } from '../../numbers.ts'
import { axisOf, gridOf, legendIn, repaintLegend, seriesColour } from './chart-look.ts'
import { h } from './dom.ts'
import { onThemeChange } from './theme.ts'

/** log10(2) is the median. */
const ticks = [0, Math.log10(2), 1, 2, 3, 4, 5, 6]

/** Latency by percentile; each further nine has the same width, so the tail is as large as it matters. */
export function percentileChart(root: HTMLElement, { x, responseMs, serviceMs, samples }: PagePercentiles): void {
  const legend = h('div', { class: 'legend' })
  const plot = h('div', { class: 'plot', role: 'img', 'aria-label': 'Latency by percentile, response and service time' })
  const title = h('h5', {}, `By percentile, of ${count(samples)} answered requests`)
  root.append(h('figure', { class: 'chart', 'data-chart': 'percentiles' }, h('figcaption', {}, title, legend), plot))
  const end = x.at(-1) ?? 1
  const height = 220
  const line = (label: string, i: number): uPlot.Series => ({
    label,
    width: 1.5,
    stroke: () => seriesColour(i, 'normal'),
    points: { show: false },
    value: (_, value: number | null) => ms(value),
  })
  const swatch = (series: number) => seriesColour(series, 'normal')
  const chart = new uPlot(
    {
      width: Math.max(200, plot.clientWidth),
      height,
      padding: [10, 24, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      legend: legendIn(legend, swatch),
      scales: { x: { time: false, range: [0, end] }, y: { range: (_, __, most) => [0, most * 1.08] } },
      axes: [
        {
          ...axisOf(),
          grid: gridOf(),
          splits: () => ticks.filter((tick) => tick <= end + 0.001),
          values: (_, splits) => splits.map((tick, i) => label(tick, splits[i + 1], plot.clientWidth / end)),
          size: 26,
        },
        {
          ...axisOf(),
          grid: gridOf(),
          values: (_, splits) => splits.map((value) => ms(value).replace(/\.0+(?= |$)/, '')),
          size: 66,
          space: 32,
        },
      ],
      series: [
        { label: 'percentile', value: (_, at: number | null) => (at === null ? '–' : percentile(at)) },
        line('response (from the intended start)', 0),
        line('service (from the first byte sent)', 1),
      ],
    },
    [[...x], [...responseMs], [...serviceMs]],
    plot,
  )
  new ResizeObserver(() => {
    if (plot.clientWidth > 0 && plot.clientWidth !== chart.width) chart.setSize({ width: plot.clientWidth, height })
  }).observe(plot)
  onThemeChange(() => {
    chart.redraw(false, true)
    repaintLegend(legend, swatch)
  })
}

/** p50 stands a third of a decade after the beginning: where that is too close, the beginning goes without a label. */
function label(tick: number, next: number | undefined, pixelsPerDecade: number): string {
  if (next !== undefined && (next - tick) * pixelsPerDecade < 34) return ''
  return percentile(tick)
}

/** 2 → `p99`, 3 → `p99.9`. */
function percentile(decades: number): string {
  if (decades === 0) return 'p1'
  const share = 100 * (1 - 10 ** -decades)
  return `p${Number(share.toFixed(Math.max(0, Math.ceil(decades) - 2) + (Number.isInteger(decades) ? 0 : decades < 1.99 ? 1 : 1)))}`
}
