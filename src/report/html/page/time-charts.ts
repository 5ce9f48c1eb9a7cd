import uPlot from 'uplot'
import type { PageChart, PageTest, PageTime } from '../page-data.ts'
import { clock, inUnit } from '../../numbers.ts'
import { axisOf, gridOf, secondSteps, seriesColour } from './chart-look.ts'
import { h } from './dom.ts'
import { mountChart } from './mount-chart.ts'
import type { ChartToMount } from './mount-chart.ts'
import { timeMarks } from './time-marks.ts'

const groupTitles = { main: '', load: '', target: 'Target, host and database', more: 'More' } as const

/** Charts with this key have one cursor and one zoom. */
export function timeKeyOf(test: string): string {
  return `test ${test}`
}

/** All charts of a test under one time axis: the cursor and the zoom of one are those of all. */
export function timeCharts(root: HTMLElement, test: PageTest): void {
  const x = Array.from({ length: test.time.points }, (_, i) => i * test.time.stepSec)
  const sync = uPlot.sync(timeKeyOf(test.name))
  const hint = h(
    'p',
    { class: 'quiet hint' },
    'Point at a chart to read all of them at that second; drag to zoom, double-click to zoom out. With the keyboard: focus a chart, then ← and →.',
  )
  root.append(hint, ...alarmList(test.time))
  for (const group of ['main', 'load', 'target', 'more'] as const) {
    const members = test.charts.filter((chart) => chart.group === group)
    if (members.length === 0) continue
    const grid = h('div', { class: `chart-grid ${group}` })
    if (groupTitles[group] !== '') root.append(h('h4', {}, groupTitles[group]))
    root.append(grid)
    for (const chart of members) oneChart(grid, chart, test.time, x, sync)
  }
}

/** The readings of what may leak, each with its fitted line, on the same time axis. */
export function leakCharts(root: HTMLElement, test: PageTest): void {
  const x = Array.from({ length: test.time.points }, (_, i) => i * test.time.stepSec)
  const grid = h('div', { class: 'chart-grid target' })
  root.append(grid)
  for (const chart of test.leaks?.charts ?? []) oneChart(grid, chart, test.time, x, uPlot.sync(timeKeyOf(test.name)))
}

/** No more alerts than these: their table has all of them. */
const mostAlerts = 12

function alarmList({ alarms, alerts }: PageTime): HTMLElement[] {
  if (alarms.length + alerts.length === 0) return []
  return [
    h(
      'ul',
      { class: 'alarms' },
      ...alarms.map(({ sec, text }) =>
        h('li', {}, h('span', { class: 'mark', 'aria-hidden': 'true' }, '▼'), ` alarm at ${clock(sec)}: `, h('code', {}, text)),
      ),
      ...alerts
        .slice(0, mostAlerts)
        .map(({ name, fromSec, toSec }) =>
          h(
            'li',
            {},
            h('span', { class: 'mark alert', 'aria-hidden': 'true' }, '●'),
            ` alert of the target from ${clock(fromSec)} to ${clock(toSec)}: `,
            h('code', {}, name),
          ),
        ),
    ),
  ]
}

function oneChart(grid: HTMLElement, chart: PageChart, time: PageTime, x: number[], sync: uPlot.SyncPubSub): void {
  mountChart(grid, {
    id: chart.id,
    title: chart.title,
    description: describe(chart),
    height: chart.group === 'main' ? 190 : 150,
    data: [x, ...chart.series.map(({ values }) => [...values])],
    swatch: (series) => seriesColour(series, chart.series[series]?.tone ?? 'normal'),
    ...(chart.log ? { log: { name: 'log', initially: false } } : {}),
    options: (logarithmic) => options(chart, time, sync, logarithmic),
  })
}

function options(
  chart: PageChart,
  time: PageTime,
  sync: uPlot.SyncPubSub,
  logarithmic: boolean,
): ReturnType<ChartToMount['options']> {
  const narrow = window.innerWidth < 600
  const unit = (value: number | null) => inUnit(value, chart.unit)
  return {
    padding: [14, 10, 0, 0],
    cursor: {
      y: false,
      sync: { key: sync.key, setSeries: false },
      points: { size: 6 },
      drag: { x: true, y: false },
      focus: { prox: -1 },
    },
    scales: { x: { time: false }, y: chart.group === 'leak' ? leakScale(chart) : scaleY(chart, logarithmic) },
    axes: [
      {
        ...axisOf(),
        values: (_, splits) => splits.map((sec) => clock(sec)),
        size: 26,
        space: narrow ? 60 : 50,
        incrs: secondSteps,
      },
      {
        ...axisOf(),
        values: (_, splits) =>
          splits.map((value: number | null) => (value === null ? '' : inUnit(value, chart.unit).replace(/\.0+(?= |$|\/)/, ''))),
        size: 66,
        space: 32,
        grid: gridOf(),
      },
    ],
    series: [
      { label: 'at', value: (_, sec: number | null) => (sec === null ? '–' : clock(sec)) },
      ...chart.series.map(({ label, tone }, i): uPlot.Series => ({
        label,
        width: tone === 'limit' ? 1 : tone === 'fit' ? 2 : 1.5,
        ...(tone === 'limit' ? { dash: [4, 4] } : {}),
        stroke: () => seriesColour(i, tone),
        ...(chart.id === 'throughput' && i === 0 ? { fill: () => `${seriesColour(i, tone)}1f` } : {}),
        points: { show: false },
        spanGaps: false,
        value: (_, value: number | null) => unit(value),
      })),
    ],
    hooks: timeMarks(time, chart.group === 'main' && chart.id === 'throughput'),
  }
}

function scaleY(chart: PageChart, logarithmic: boolean): uPlot.Scale {
  // The declarations have an enum that exists only for the compiler.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- 3 is logarithmic
  if (logarithmic) return { distr: 3, log: 10 }
  // From zero, always: a chart that begins elsewhere makes small changes look large.
  const share = chart.unit === 'ratio'
  return { range: (_, __, most) => [0, share && most > 0.5 ? Math.max(1, most) : Math.max(most * 1.08, share ? 0.01 : 1e-6)] }
}

/** A leak is slow: from zero its slope could not be seen. The axis says where it begins. */
function leakScale({ series }: PageChart): uPlot.Scale {
  const known = series.flatMap(({ values }) => values).filter((value) => value !== null)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const room = (high - low || Math.abs(high) || 1) * 0.08
  return { range: [low > high * 0.5 ? low - room : 0, high + room] }
}

/** For who cannot see the chart: what it shows, and the largest value of each line. */
function describe({ title, series, unit }: PageChart): string {
  const lines = series.map(({ label, values }) => {
    const known = values.filter((value) => value !== null)
    return `${label} at most ${known.length === 0 ? 'unknown' : inUnit(Math.max(...known), unit)}`
  })
  return `${title} over time: ${lines.join(', ')}`
}
