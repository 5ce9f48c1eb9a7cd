import type uPlot from 'uplot'
import type { PageCapacity, PageResource } from '../../capacity/capacity-data.ts'
import { loadText } from '../../../capacity-words.ts'
import { percent } from '../../../numbers.ts'
import { axisOf, gridOf, seriesColour } from '../chart-look.ts'
import { h, prose } from '../dom.ts'
import { scrolled } from '../judgement.ts'
import { mountChart } from '../mount-chart.ts'
import { colour } from '../theme.ts'
import { tickText } from './load-axis.ts'
import type { LoadAxis } from './load-axis.ts'

/** More lines than this cannot be told apart; the table has all of them. */
const mostLines = 6

/** How full each resource was, under the same loads as the curve above it; the one that limits is drawn in front. */
export function saturationChart(place: HTMLElement, capacity: PageCapacity, axis: LoadAxis): void {
  const { curve, resources, unit } = capacity
  const seen = resources.filter(({ shares }) => shares.some((share) => share !== null)).slice(0, mostLines)
  if (seen.length === 0) return
  const paint = (i: number) => (seen[i]?.limiting === true ? colour('bad') : seriesColour(i, 'normal'))
  const limiting = seen.find((one) => one.limiting)
  mountChart(place, {
    id: 'saturation',
    title: 'How full each resource was',
    description: `Use of ${seen.length} resources as a share of their limits at ${curve.length} loads; the table below has the figures`,
    height: 200,
    data: [curve.map(({ load }) => load), ...seen.map(({ shares }) => [...shares])],
    swatch: paint,
    options: () => ({
      padding: [8, axis.right, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 }, sync: { key: axis.sync, setSeries: false } },
      scales: { x: { time: false, range: [0, axis.most] }, y: { range: (_, __, most) => [0, Math.max(1.03, most)] } },
      axes: [
        {
          ...axisOf(),
          values: (_, splits) => splits.map((load) => tickText(load, unit)),
          size: 26,
          space: 60,
        },
        { ...axisOf(), values: (_, splits) => splits.map((share) => percent(share)), size: axis.left, space: 32, grid: gridOf() },
      ],
      series: [
        { label: 'at', value: (_, load: number | null) => loadText(load, unit) },
        ...seen.map((resource, i): uPlot.Series => ({
          label: labelOf(resource),
          stroke: () => paint(i),
          width: resource.limiting ? 2.5 : 1.25,
          points: { show: true, size: resource.limiting ? 7 : 5, stroke: () => paint(i), fill: () => paint(i) },
          spanGaps: false,
          value: (_, share: number | null) => percent(share),
        })),
      ],
      hooks: limiting ? { draw: [(chart) => thresholdLine(chart, limiting.threshold ?? 1)] } : {},
    }),
  })
}

function labelOf({ title, limiting }: PageResource): string {
  return limiting ? `${title} (first limit)` : title
}

/** From here on the resource that limits counts as full. */
function thresholdLine(chart: uPlot, share: number): void {
  const { ctx, bbox } = chart
  const y = Math.round(chart.valToPos(share, 'y', true))
  ctx.save()
  ctx.strokeStyle = colour('bad')
  ctx.globalAlpha = 0.8
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}

export function resourceTable({ resources, curve, marks, unit }: PageCapacity): HTMLElement {
  const capacity = marks.find(({ kind }) => kind === 'capacity')
  const shareAt = ({ shares }: PageResource, load: number | undefined) =>
    percent(shares[curve.findIndex((point) => point.load === load)] ?? null)
  const [low, high] = [capacity?.from, capacity?.to]
  const both = low !== undefined && high !== undefined && low !== high
  const seen = resources.filter(({ shares }) => shares.some((share) => share !== null))
  const unseen = resources.filter((resource) => !seen.includes(resource))
  const rows = seen.map((resource) =>
    h(
      'tr',
      { class: resource.limiting ? 'limiting' : undefined },
      h('th', { scope: 'row', class: 'name' }, labelOf(resource)),
      h('td', { class: 'number' }, shareAt(resource, low)),
      both && h('td', { class: 'number' }, shareAt(resource, high)),
      h('td', { class: 'number' }, resource.saturatedAt),
      h(
        'td',
        {},
        ...prose(resource.evidence),
        resource.limiting && resource.advice !== '' && h('div', {}, '→ ', ...prose(resource.advice)),
      ),
    ),
  )
  const titles = [
    'Resource',
    ...(low === undefined ? ['Use'] : [`Use at ${loadText(low, unit)}`]),
    ...(both ? [`Use at ${loadText(high, unit)}`] : []),
    'Full from',
    'Evidence',
  ]
  const head = titles.map((title, i) =>
    h('th', { scope: 'col', class: i > 0 && i < titles.length - 1 ? 'number' : undefined }, title),
  )
  const table = h('table', { class: 'resources' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows))
  return h('div', {}, seen.length > 0 && scrolled(table), unseen.length > 0 && unseenList(unseen))
}

/** What was not watched may be the limit all the same: it is said, but out of the way. */
function unseenList(resources: readonly PageResource[]): HTMLElement {
  const summary = `${resources.length} ${resources.length === 1 ? 'resource was' : 'resources were'} not seen`
  return h(
    'details',
    {},
    h('summary', {}, summary),
    h('ul', { class: 'sentences' }, ...resources.map(({ title, evidence }) => h('li', {}, `${title}: `, ...prose(evidence)))),
  )
}
