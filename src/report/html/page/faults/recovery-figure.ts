import type uPlot from 'uplot'
import type { PageRecovery } from '../../faults/fault-data.ts'
import { clock, perSec } from '../../../numbers.ts'
import { chartFont } from '../chart-look.ts'
import { h, prose } from '../dom.ts'
import { scrolled } from '../judgement.ts'
import { mountChart } from '../mount-chart.ts'
import { colour } from '../theme.ts'
import { faultBand, inPlot } from '../time-marks.ts'
import { perSecondFrame } from './per-second-frame.ts'

/** Goodput around a fault or an attack: what was lost is filled, the stages of the recovery are lines with their names. */
export function recoveryFigure(place: HTMLElement, recovery: PageRecovery): void {
  const { id, word, x, goodput, failed, baseline, floor, fault } = recovery
  if (x.length < 2) return
  const paints = ['quiet', 'bad', 's0', 's3'] as const
  const paint = (i: number) => colour(paints[i] ?? 'ink')
  const line = (i: number, label: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
    label,
    stroke: () => paint(i),
    width: 1.5,
    points: { show: false },
    value: (_, value: number | null) => perSec(value),
    ...more,
  })
  mountChart(place, {
    id: `recovery-${id}`,
    title: `Goodput around ${id}`,
    description: `Good requests a second around the ${word} ${id}; the table below has the stages of its recovery`,
    height: 230,
    data: [[...x], [...baseline], [...floor], [...goodput], [...failed]],
    swatch: paint,
    options: () => ({
      ...perSecondFrame(30),
      series: [
        { label: 'at', value: (_, sec: number | null) => (sec === null ? '–' : clock(sec)) },
        line(0, `before the ${word}`, { dash: [4, 4] }),
        line(1, 'lost', { width: 0, value: () => '' }),
        line(2, 'good requests', { width: 2 }),
        line(3, 'failed requests', { dash: [2, 2] }),
      ],
      bands: [{ series: [1, 2], fill: () => lossFill() }],
      hooks: {
        drawClear: [
          (chart) =>
            inPlot(chart, (context) => {
              if (fault !== null) faultBand(chart, context, fault)
            }),
        ],
        draw: [(chart) => stageLines(chart, recovery.marks)],
      },
    }),
  })
}

function lossFill(): string {
  return `color-mix(in srgb, ${colour('bad')} 28%, transparent)`
}

/** A line a stage, its number on top; the names are in the table, where they have room. */
function stageLines(chart: uPlot, marks: PageRecovery['marks']): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.font = chartFont.replace('11px', `${11 * devicePixelRatio}px`)
  ctx.textAlign = 'left'
  ctx.textBaseline = 'bottom'
  ctx.strokeStyle = ctx.fillStyle = colour('ink')
  ctx.lineWidth = devicePixelRatio
  let right = -Infinity
  let row = 0
  for (const { label, sec } of [...marks].sort((a, b) => a.sec - b.sec)) {
    const at = Math.round(chart.valToPos(sec, 'x', true))
    if (at < bbox.left || at > bbox.left + bbox.width) continue
    const width = ctx.measureText(label).width + 6 * devicePixelRatio
    row = at < right ? row + 1 : 0
    const left = Math.min(at, bbox.left + bbox.width - width)
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
    ctx.beginPath()
    ctx.moveTo(at, bbox.top)
    ctx.lineTo(at, bbox.top + bbox.height)
    ctx.stroke()
    // Two rows of names at most: more would lie on the curve.
    if (row < 2) ctx.fillText(label, left, bbox.top - (2 + row * 13) * devicePixelRatio)
    right = Math.max(right, left + width)
  }
  ctx.restore()
}

export function stageTable({ stages }: PageRecovery): HTMLElement {
  const rows = stages.map(({ label, value, from, note }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'name' }, label),
      h('td', { class: 'number' }, value),
      h('td', { class: 'quiet' }, value === '–' ? '' : from),
      h('td', { class: 'quiet' }, ...prose(note)),
    ),
  )
  const head = ['Stage', 'Time', '', 'What it is'].map((title, i) =>
    h('th', { scope: 'col', class: i === 1 ? 'number' : undefined }, title),
  )
  return scrolled(h('table', { class: 'stages' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)))
}
