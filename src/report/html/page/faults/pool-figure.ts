import type uPlot from 'uplot'
import type { PagePool } from '../../faults/fault-data.ts'
import { clock, digits } from '../../../numbers.ts'
import { chartFont } from '../chart-look.ts'
import { h } from '../dom.ts'
import { mountChart } from '../mount-chart.ts'
import { table } from '../pressure-sections.ts'
import { colour } from '../theme.ts'
import { inPlot } from '../time-marks.ts'
import { perSecondFrame } from './per-second-frame.ts'
import { testRows } from './test-rows.ts'

/** Connections in use and open, over the times in which some were held. */
export function poolFigure(place: HTMLElement, { link, x, busy, open, held }: PagePool): void {
  if (x.length < 2) return
  const heldAt = (sec: number) => held.find(({ fromSec, toSec }) => sec >= fromSec && sec < toSec)?.label
  const line = (label: string, tone: string): uPlot.Series => ({
    label,
    stroke: () => colour(tone),
    width: 1.5,
    points: { show: false },
    value: (_, value: number | null) => (value === null ? '–' : digits(value)),
  })
  mountChart(place, {
    id: `pool-${link}`,
    title: `Connections to ${link}`,
    description: `Connections to ${link} over time: open, and in use; the table below has what was tested`,
    height: 190,
    data: [[...x], [...busy], [...open]],
    swatch: (series) => colour(series === 0 ? 's0' : 's1'),
    options: () => ({
      ...perSecondFrame(24, String),
      series: [
        {
          label: 'at',
          value: (_, sec: number | null) => {
            if (sec === null) return '–'
            const now = heldAt(sec)
            return now === undefined ? clock(sec) : `${clock(sec)}, ${now}`
          },
        },
        line('in use', 's0'),
        line('open', 's1'),
      ],
      hooks: { drawClear: [(chart) => paintHeld(chart, held)] },
    }),
  })
}

/** A band with its name above it: not told by colour alone. */
function paintHeld(chart: uPlot, held: PagePool['held']): void {
  const { ctx, bbox } = chart
  inPlot(chart, (context) => {
    context.fillStyle = colour('warn')
    context.globalAlpha = 0.14
    for (const { fromSec, toSec } of held) {
      const left = chart.valToPos(fromSec, 'x', true)
      context.fillRect(left, bbox.top, Math.max(devicePixelRatio, chart.valToPos(toSec, 'x', true) - left), bbox.height)
    }
  })
  ctx.save()
  ctx.font = chartFont.replace('11px', `${11 * devicePixelRatio}px`)
  ctx.fillStyle = colour('quiet')
  ctx.textBaseline = 'bottom'
  let free = 0
  for (const { label, fromSec } of held) {
    const left = chart.valToPos(fromSec, 'x', true)
    if (left < free) continue
    ctx.fillText(label, left, bbox.top - 3 * devicePixelRatio)
    free = left + ctx.measureText(label).width + 6 * devicePixelRatio
  }
  ctx.restore()
}

export function poolTests({ tests, endpoints, steps }: PagePool): HTMLElement[] {
  const tables = [table(['', 'Test', 'What is asked', 'Evidence'], testRows(tests))]
  if (endpoints.length > 0)
    tables.push(
      table(
        ['While the pool was full', '', 'Usual', 'Answered well'],
        endpoints.map(({ name, outcome, usual, good }) =>
          h(
            'tr',
            {},
            h('td', {}, h('code', {}, name)),
            h('td', {}, outcome),
            h('td', { class: 'number' }, usual),
            h('td', { class: 'number' }, good),
          ),
        ),
        [2, 3],
      ),
    )
  if (steps.length > 0)
    tables.push(
      table(
        ['Connections left', 'Goodput', 'p95', ''],
        steps.map(({ left, goodput, p95, isBorne }) =>
          h(
            'tr',
            { class: isBorne ? 'pass' : 'fail' },
            h('td', { class: 'number' }, left),
            h('td', { class: 'number' }, goodput),
            h('td', { class: 'number' }, p95),
            h('td', {}, isBorne ? 'borne' : 'not borne'),
          ),
        ),
        [0, 1, 2],
      ),
    )
  return tables
}
