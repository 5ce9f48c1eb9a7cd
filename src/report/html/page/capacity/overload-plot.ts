import type uPlot from 'uplot'
import type { PageCapacity, PageHysteresis, PageOverload } from '../../capacity/capacity-data.ts'
import { failureWords, loadText } from '../../../capacity-words.ts'
import { duration, ms, percent, perSec } from '../../../numbers.ts'
import { axisOf, chartFont, gridOf } from '../chart-look.ts'
import { h } from '../dom.ts'
import { scrolled, svg } from '../judgement.ts'
import { mountChart } from '../mount-chart.ts'
import { colour } from '../theme.ts'
import { classLegend, classWord, paintClass } from './class-marks.ts'

/** Goodput beyond the capacity as a share of it: a target that loses nothing stays on the line. */
export function overloadPlot(place: HTMLElement, { points }: PageOverload, unit: PageCapacity['unit']): void {
  const largest = Math.max(1, ...points.map(({ factor }) => factor))
  // At the capacity itself the whole goodput is kept, by definition.
  const x = [1, ...points.map(({ factor }) => factor)]
  const paint = () => colour('ink')
  const figure = mountChart(place, {
    id: 'overload',
    title: 'Goodput kept beyond the capacity',
    description: `Share of the goodput kept at ${points.length} loads beyond the capacity; the table below has the figures`,
    height: 230,
    data: [x, [1, ...points.map(({ retained }) => retained)]],
    swatch: paint,
    options: () => ({
      padding: [20, 26, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: false, range: [1 - (largest - 1) * 0.04, largest + (largest - 1) * 0.04] },
        y: { range: (_, __, most) => [0, Math.max(1.05, most * 1.06)] },
      },
      axes: [
        { ...axisOf(), splits: () => tickFactors(x), values: (_, splits) => splits.map((factor) => `${factor}×`), size: 26 },
        { ...axisOf(), values: (_, splits) => splits.map((share) => percent(share)), size: 58, space: 32, grid: gridOf() },
      ],
      series: [
        { label: 'at', value: (_, factor: number | null) => atText(points, factor, unit) },
        { label: 'kept', stroke: paint, width: 2, points: { show: false }, value: (_, share: number | null) => percent(share) },
      ],
      hooks: { drawClear: [idealLine], draw: [(chart) => paintPoints(chart, points)] },
    }),
  })
  figure.querySelector('figcaption')?.append(classLegend(points.map(({ failure }) => failure)))
}

/** Factors near to each other share a tick. */
function tickFactors(factors: readonly number[]): number[] {
  const span = (factors.at(-1) ?? 1) - (factors[0] ?? 1)
  const kept: number[] = []
  for (const factor of factors) if (factor - (kept.at(-1) ?? -Infinity) >= span * 0.11) kept.push(factor)
  return kept
}

function atText(points: PageOverload['points'], factor: number | null, unit: PageCapacity['unit']): string {
  if (factor === null) return '–'
  const point = points.find((one) => one.factor === factor)
  return point ? `${factor}× = ${loadText(point.load, unit)}, ${failureWords[point.failure].name}` : 'the capacity'
}

function idealLine(chart: uPlot): void {
  const { ctx, bbox } = chart
  const y = Math.round(chart.valToPos(1, 'y', true))
  ctx.save()
  ctx.strokeStyle = ctx.fillStyle = colour('quiet')
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.font = chartFont.replace('11px', `${11 * devicePixelRatio}px`)
  ctx.textAlign = 'right'
  ctx.textBaseline = 'bottom'
  ctx.fillText('ideal: nothing is lost', bbox.left + bbox.width, y - 7 * devicePixelRatio)
  ctx.restore()
}

function paintPoints(chart: uPlot, points: PageOverload['points']): void {
  for (const { factor, retained, failure } of points)
    paintClass(chart.ctx, failure, { x: chart.valToPos(factor, 'x', true), y: chart.valToPos(retained, 'y', true) })
}

export function overloadTable({ points }: PageOverload, unit: PageCapacity['unit']): HTMLElement {
  const titles = ['Factor', 'Load', 'Goodput', 'Kept', 'Accepted p99', 'Errors', 'Class']
  const rows = points.map(({ factor, load, goodput, retained, acceptedP99, errorRate, failure }) =>
    h(
      'tr',
      {},
      h('td', { class: 'number' }, `${factor}×`),
      h('td', { class: 'number' }, loadText(load, unit)),
      h('td', { class: 'number' }, perSec(goodput)),
      h('td', { class: 'number' }, percent(retained)),
      h('td', { class: 'number' }, ms(acceptedP99)),
      h('td', { class: 'number' }, percent(errorRate)),
      h('td', {}, classWord(failure)),
    ),
  )
  const head = titles.map((title, i) => h('th', { scope: 'col', class: i < 6 ? 'number' : undefined }, title))
  return scrolled(h('table', { class: 'overload' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)))
}

/** How long it took to come back, against how long it may, in the time that it was watched. */
export function hysteresisBar({ verdict, text, recoveredSec, boundSec, watchedSec }: PageHysteresis): HTMLElement {
  const span = Math.max(watchedSec, boundSec, recoveredSec ?? 0, 1)
  const part = (sec: number) => (100 * sec) / span
  const picture = svg('svg', {
    viewBox: '0 0 100 10',
    preserveAspectRatio: 'none',
    class: `hysteresis ${verdict}`,
    'aria-hidden': 'true',
  })
  picture.append(
    svg('rect', { class: 'ground', x: 0, y: 3, width: part(watchedSec), height: 4 }),
    svg('rect', { class: 'fill', x: 0, y: 3, width: part(recoveredSec ?? watchedSec), height: 4 }),
    svg('rect', { class: 'tick', x: Math.min(99.4, part(boundSec)), y: 0, width: 0.6, height: 10 }),
  )
  const mark = { recovers: '✓', slow: '!', stuck: '✗', unknown: '?' }[verdict]
  const label = { recovers: 'recovers', slow: 'recovers slowly', stuck: 'stays stuck', unknown: 'unknown' }[verdict]
  return h(
    'div',
    { class: 'hysteresis-block' },
    h('h5', {}, 'After the overload'),
    h('p', {}, h('span', { class: `mark ${verdict}`, 'aria-hidden': 'true' }, mark), ' ', h('strong', {}, label), `: ${text}`),
    picture,
    h(
      'p',
      { class: 'quiet note' },
      `Bar: ${recoveredSec === null ? 'not recovered' : `recovered after ${duration(recoveredSec)}`}, watched for ${duration(watchedSec)}; tick: allowed, ${duration(boundSec)}.`,
    ),
  )
}
