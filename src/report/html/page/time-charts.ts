import uPlot from 'uplot'
import type { PageChart, PageTest, PageTime } from '../page-data.ts'
import { clock, inUnit } from '../../numbers.ts'
import { axisOf, gridOf, legendIn, repaintLegend, seriesColour } from './chart-look.ts'
import { h } from './dom.ts'
import { onThemeChange } from './theme.ts'
import { timeMarks } from './time-marks.ts'

const groupTitles = { main: '', load: '', target: 'Target, host and database', more: 'More' } as const

/** All charts of a test under one time axis: the cursor and the zoom of one are those of all. */
export function timeCharts(root: HTMLElement, test: PageTest): void {
  const x = Array.from({ length: test.time.points }, (_, i) => i * test.time.stepSec)
  const sync = uPlot.sync(`test ${test.name}`)
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

function alarmList({ alarms }: PageTime): HTMLElement[] {
  if (alarms.length === 0) return []
  return [
    h(
      'ul',
      { class: 'alarms' },
      ...alarms.map(({ sec, text }) =>
        h('li', {}, h('span', { class: 'mark', 'aria-hidden': 'true' }, '▼'), ` alarm at ${clock(sec)}: `, h('code', {}, text)),
      ),
    ),
  ]
}

function oneChart(grid: HTMLElement, chart: PageChart, time: PageTime, x: number[], sync: uPlot.SyncPubSub): void {
  const legend = h('div', { class: 'legend' })
  const plot = h('div', { class: 'plot', tabindex: 0, role: 'img', 'aria-label': describe(chart) })
  const title = h('h5', {}, chart.title)
  const figure = h('figure', { class: 'chart', 'data-chart': chart.id }, h('figcaption', {}, title, legend), plot)
  grid.append(figure)
  const height = chart.group === 'main' ? 190 : 150
  const data: uPlot.AlignedData = [x, ...chart.series.map(({ values }) => [...values])]
  let logarithmic = false
  const make = () => {
    const drawn = new uPlot({ ...options(chart, time, sync, legend, logarithmic), width: widthOf(plot), height }, data, plot)
    keyboard(plot, drawn)
    return drawn
  }
  let current = make()
  if (chart.log) {
    const toggle = h('button', { type: 'button', 'aria-pressed': 'false', class: 'log' }, 'log')
    toggle.addEventListener('click', () => {
      logarithmic = !logarithmic
      toggle.setAttribute('aria-pressed', String(logarithmic))
      current.destroy()
      legend.replaceChildren()
      current = make()
    })
    title.after(toggle)
  }
  new ResizeObserver(() => {
    if (plot.clientWidth > 0 && plot.clientWidth !== current.width) current.setSize({ width: widthOf(plot), height })
  }).observe(plot)
  onThemeChange(() => {
    current.redraw(false, true)
    repaintLegend(legend, swatchOf(chart))
  })
}

function swatchOf(chart: PageChart): (series: number) => string {
  return (series) => seriesColour(series, chart.series[series]?.tone ?? 'normal')
}

function widthOf(plot: HTMLElement): number {
  return Math.max(200, plot.clientWidth)
}

function options(
  chart: PageChart,
  time: PageTime,
  sync: uPlot.SyncPubSub,
  legend: HTMLElement,
  logarithmic: boolean,
): Omit<uPlot.Options, 'width' | 'height'> {
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
    legend: legendIn(legend, swatchOf(chart)),
    scales: { x: { time: false }, y: scaleY(chart, logarithmic) },
    axes: [
      {
        ...axisOf(),
        values: (_, splits) => splits.map((sec) => clock(sec)),
        size: 26,
        space: narrow ? 60 : 50,
        incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600],
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
        width: tone === 'limit' ? 1 : 1.5,
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

/** Left and right move the cursor of all charts; Escape lets go of it. */
function keyboard(plot: HTMLElement, chart: uPlot): void {
  plot.addEventListener('keydown', (event) => {
    if (event.target !== plot) return
    const last = chart.data[0].length - 1
    const at = chart.cursor.idx ?? 0
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - 10, PageDown: at + 10, Home: 0, End: last }[event.key]
    if (event.key === 'Escape') moveCursor(chart, -10, -10)
    if (to === undefined) return
    event.preventDefault()
    const index = Math.min(last, Math.max(0, to))
    moveCursor(chart, chart.valToPos(chart.data[0][index] ?? 0, 'x'), 20)
  })
}

/** The last argument tells the other charts; it exists, but the type declarations lack it. */
function moveCursor(chart: uPlot, left: number, top: number): void {
  const wider = chart as { setCursor(to: { left: number; top: number }, fire: boolean, publish: boolean): void } // see above
  wider.setCursor({ left, top }, true, true)
}

/** For who cannot see the chart: what it shows, and the largest value of each line. */
function describe({ title, series, unit }: PageChart): string {
  const lines = series.map(({ label, values }) => {
    const known = values.filter((value) => value !== null)
    return `${label} at most ${known.length === 0 ? 'unknown' : inUnit(Math.max(...known), unit)}`
  })
  return `${title} over time: ${lines.join(', ')}`
}
