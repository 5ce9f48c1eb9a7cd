import type uPlot from 'uplot'
import type { PagePercentiles } from '../page-data.ts'
import { count, ms } from '../../numbers.ts'
import { axisOf, gridOf, seriesColour } from './chart-look.ts'
import { mountChart } from './mount-chart.ts'

/** log10(2) is the median. */
const ticks = [0, Math.log10(2), 1, 2, 3, 4, 5, 6]

/** Latency by percentile; each further nine has the same width, so the tail is as large as it matters. */
export function percentileChart(root: HTMLElement, { x, responseMs, serviceMs, samples }: PagePercentiles): void {
  const end = x.at(-1) ?? 1
  const swatch = (series: number) => seriesColour(series, 'normal')
  const line = (label: string, i: number): uPlot.Series => ({
    label,
    width: 1.5,
    stroke: () => swatch(i),
    points: { show: false },
    value: (_, value: number | null) => ms(value),
  })
  mountChart(root, {
    id: 'percentiles',
    title: `By percentile, of ${count(samples)} answered requests`,
    description: 'Latency by percentile, response and service time',
    height: 220,
    data: [[...x], [...responseMs], [...serviceMs]],
    swatch,
    options: () => ({
      padding: [10, 24, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: false, range: [0, end] }, y: { range: (_, __, most) => [0, most * 1.08] } },
      axes: [
        {
          ...axisOf(),
          grid: gridOf(),
          splits: () => ticks.filter((tick) => tick <= end + 0.001),
          values: (chart, splits) =>
            splits.map((tick, i) => label(tick, splits[i + 1], chart.bbox.width / devicePixelRatio / end)),
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
    }),
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
