import type uPlot from 'uplot'
import type { PageCapacity } from '../../capacity/capacity-data.ts'
import { loadText, failureWords } from '../../../capacity-words.ts'
import { digits, ms, perSec } from '../../../numbers.ts'
import { axisOf, gridOf, seriesColour } from '../chart-look.ts'
import { h } from '../dom.ts'
import { mountChart } from '../mount-chart.ts'
import { colour } from '../theme.ts'
import { classLegend, paintClass } from './class-marks.ts'
import { markHooks, marksPadding } from './curve-marks.ts'
import { tickText } from './load-axis.ts'
import type { LoadAxis } from './load-axis.ts'

interface Line {
  readonly label: string
  readonly scale: 'y' | 'ms'
  readonly paint: () => string
  readonly dash?: number[]
  readonly values: readonly (number | null)[]
  readonly text: (value: number | null) => string
}

/** Offered load against goodput, latency on the second axis; what was found as bands and lines across it. */
export function capacityCurve(place: HTMLElement, capacity: PageCapacity, axis: LoadAxis): void {
  const { curve, marks, fit, unit } = capacity
  const lines = linesOf(capacity, axis)
  const latencies = curve.flatMap(({ p50, p95, p99 }) =>
    [p50, p95, p99].flatMap((value) => (value === null || value <= 0 ? [] : [value])),
  )
  const wide = latencies.length > 0 && Math.max(...latencies) > 20 * Math.min(...latencies)
  const figure = mountChart(place, {
    id: 'capacity',
    title: unit === 'users' ? 'Users against goodput and latency' : 'Offered load against goodput and latency',
    description: `Goodput and latency at ${curve.length} loads; the table below has the figures`,
    height: 340,
    data: [axis.x, ...lines.map(({ values }) => [...values])],
    swatch: (series) => lines[series]?.paint() ?? '',
    ...(latencies.length > 0 ? { log: { name: 'log latency', initially: wide } } : {}),
    options: (logarithmic) => ({
      padding: [marksPadding(marks, axis.most, axis.left + axis.right), 0, 0, 0],
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { size: 7 },
        dataIdx: (_, __, hovered) => axis.nearest(hovered),
        sync: { key: axis.sync, setSeries: false },
      },
      scales: {
        x: { time: false, range: [0, axis.most] },
        y: { range: (_, __, most) => [0, Math.max(most * 1.06, 1e-6)] },
        ms: latencyScale(logarithmic, latencies),
      },
      axes: axesOf(axis, unit),
      series: [{ label: 'at', value: (chart) => atText(chart, capacity, axis) }, ...lines.map(seriesOf)],
      hooks: hooksOf(capacity, axis, fit),
    }),
  })
  figure.querySelector('figcaption')?.append(classLegend(curve.map(({ failure }) => failure)))
  if (fit.length > 0) figure.append(h('p', { class: 'quiet note' }, 'Shaded around the fit: its 95 % band.'))
}

function linesOf({ curve, requestsEach, unit, fit }: PageCapacity, axis: LoadAxis): Line[] {
  const measured = (of: (point: PageCapacity['curve'][number]) => number | null) => {
    const byLoad = new Map(curve.map((point) => [point.load, of(point)]))
    return axis.x.map((load) => byLoad.get(load) ?? null)
  }
  const latency = (p: 'p50' | 'p95' | 'p99', tone: number): Line[] => {
    const values = measured((point) => point[p])
    if (values.every((value) => value === null)) return []
    return [{ label: p, scale: 'ms', paint: () => seriesColour(tone, 'normal'), values, text: ms }]
  }
  const lines: Line[] = [
    { label: 'goodput', scale: 'y', paint: () => colour('ink'), values: measured((p) => p.goodput), text: perSec },
    ...latency('p50', 0),
    ...latency('p95', 1),
    ...latency('p99', 2),
  ]
  if (fit.length > 0)
    lines.push({
      label: 'USL fit',
      scale: 'y',
      paint: () => colour('s3'),
      dash: [6, 4],
      values: axis.x.map((load) => interpolated(fit, load)),
      text: perSec,
    })
  if (unit === 'perSec')
    lines.push({
      label: requestsEach === 1 ? 'offered' : `offered × ${digits(requestsEach)} requests`,
      scale: 'y',
      paint: () => colour('quiet'),
      dash: [2, 4],
      values: axis.x.map((load) => load * requestsEach),
      text: perSec,
    })
  return lines
}

function seriesOf({ label, scale, paint, dash, text }: Line): uPlot.Series {
  return {
    label,
    scale,
    stroke: paint,
    width: label === 'goodput' ? 2.5 : scale === 'ms' ? 1.25 : 1.5,
    ...(dash ? { dash } : {}),
    points: scale === 'ms' ? { show: true, size: 5, stroke: paint, fill: paint } : { show: false },
    spanGaps: true,
    value: (_, value: number | null) => text(value),
  }
}

function latencyScale(logarithmic: boolean, latencies: readonly number[]): uPlot.Scale {
  // The declarations have an enum that exists only for the compiler.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- 3 is logarithmic
  if (logarithmic) return { distr: 3, log: 10 }
  return { range: [0, Math.max(1, ...latencies) * 1.06] }
}

function axesOf(axis: LoadAxis, unit: PageCapacity['unit']): uPlot.Axis[] {
  const bare = (text: string) => text.replace(/\.0+(?= |$|\/)/, '')
  return [
    { ...axisOf(), values: (_, splits) => splits.map((load) => tickText(load, unit)), size: 26, space: 60 },
    {
      ...axisOf(),
      values: (_, splits) => splits.map((value) => bare(perSec(value))),
      size: axis.left,
      space: 34,
      grid: gridOf(),
    },
    {
      ...axisOf(),
      scale: 'ms',
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- 1 is the right side; the enum exists only for the compiler
      side: 1,
      values: (_, splits) => splits.map((value: number | null) => (value === null ? '' : bare(ms(value)))),
      size: axis.right,
      space: 34,
    },
  ]
}

/** `325/s, saturation`: the load under the cursor and how the target took it. */
function atText(chart: uPlot, { curve, unit }: PageCapacity, axis: LoadAxis): string {
  const index = chart.cursor.idx
  if (index === null || index === undefined) return '–'
  const load = axis.x[axis.nearest(index)]
  const point = curve.find((one) => one.load === load)
  if (!point) return '–'
  return `${loadText(point.load, unit)}, ${failureWords[point.failure].name}`
}

function hooksOf({ curve, marks }: PageCapacity, axis: LoadAxis, fit: PageCapacity['fit']): uPlot.Hooks.Arrays {
  const { drawClear = [], draw = [] } = markHooks(marks, axis.most)
  return {
    drawClear: [...drawClear, (chart) => paintBand(chart, fit)],
    draw: [
      (chart) => {
        for (const { load, goodput, failure } of curve)
          paintClass(chart.ctx, failure, { x: chart.valToPos(load, 'x', true), y: chart.valToPos(goodput, 'y', true) })
      },
      ...draw,
    ],
  }
}

function paintBand(chart: uPlot, fit: PageCapacity['fit']): void {
  if (fit.length < 2) return
  const { ctx, bbox } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.beginPath()
  for (const { load, high } of fit) ctx.lineTo(chart.valToPos(load, 'x', true), chart.valToPos(high, 'y', true))
  for (const { load, low } of [...fit].reverse()) ctx.lineTo(chart.valToPos(load, 'x', true), chart.valToPos(low, 'y', true))
  ctx.closePath()
  ctx.globalAlpha = 0.13
  ctx.fillStyle = colour('s3')
  ctx.fill()
  ctx.restore()
}

/** Between two points of the fit; null outside of it. */
function interpolated(fit: PageCapacity['fit'], load: number): number | null {
  const next = fit.findIndex((point) => point.load >= load)
  const high = fit[next]
  if (!high) return null
  if (high.load === load) return high.perSec
  const low = fit[next - 1]
  if (!low) return null
  return low.perSec + ((high.perSec - low.perSec) * (load - low.load)) / (high.load - low.load)
}
