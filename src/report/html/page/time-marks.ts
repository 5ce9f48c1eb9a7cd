import type uPlot from 'uplot'
import type { PageTime } from '../page-data.ts'
import { chartFont } from './chart-look.ts'
import { colour } from './theme.ts'

/** Phases shaded in turn (named in one chart), trials and the failing among them, the warm-up hatched, faults as bands, alerts of the target as bars at the foot, alarms as lines. */
export function timeMarks(time: PageTime, named: boolean): uPlot.Hooks.Arrays {
  return {
    drawClear: [
      (chart) => {
        inPlot(chart, (context) => {
          for (const [i, phase] of time.phases.entries()) {
            const fill = phase.trial === 'fails' ? 'fails' : phase.trial !== undefined || i % 2 === 1 ? 'phase' : undefined
            if (fill !== undefined) band(chart, context, phase.fromSec, phase.toSec, colour(fill))
          }
          for (const fault of time.faults) faultBand(chart, context, fault)
          if (time.warmupSec > 0) hatch(chart, context, 0, time.warmupSec)
        })
      },
    ],
    draw: [
      (chart) => {
        if (named) names(chart, time)
        inPlot(chart, (context) => {
          if (named) for (const fault of time.faults) faultName(chart, context, fault)
          for (const span of time.alerts) alert(chart, context, span)
          for (const { sec } of time.alarms) alarm(chart, context, sec)
        })
      },
    ],
  }
}

export function inPlot(chart: uPlot, paint: (context: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  paint(ctx)
  ctx.restore()
}

function band(chart: uPlot, context: CanvasRenderingContext2D, from: number, to: number, fill: string): void {
  const left = chart.valToPos(from, 'x', true)
  context.fillStyle = fill
  context.fillRect(left, chart.bbox.top, chart.valToPos(to, 'x', true) - left, chart.bbox.height)
}

/** A band with a rim on top, so that it is told from a phase without its colour. */
export function faultBand(
  chart: uPlot,
  context: CanvasRenderingContext2D,
  { fromSec, toSec }: Pick<PageTime['faults'][number], 'fromSec' | 'toSec'>,
): void {
  const left = chart.valToPos(fromSec, 'x', true)
  const width = Math.max(devicePixelRatio, chart.valToPos(toSec, 'x', true) - left)
  const { top, height } = chart.bbox
  context.save()
  context.fillStyle = colour('s2')
  context.globalAlpha = 0.16
  context.fillRect(left, top, width, height)
  context.globalAlpha = 1
  context.fillRect(left, top, width, 3 * devicePixelRatio)
  context.restore()
}

function hatch(chart: uPlot, context: CanvasRenderingContext2D, from: number, to: number): void {
  const { top, height } = chart.bbox
  const left = chart.valToPos(from, 'x', true)
  const right = chart.valToPos(to, 'x', true)
  context.beginPath()
  context.rect(left, top, right - left, height)
  context.clip()
  context.strokeStyle = colour('hatch')
  context.lineWidth = devicePixelRatio
  context.beginPath()
  for (let x = left - height; x < right; x += 7 * devicePixelRatio) {
    context.moveTo(x, top + height)
    context.lineTo(x + height, top)
  }
  context.stroke()
}

/** A bar with a knob where it begins: faults have theirs on top. */
function alert(chart: uPlot, context: CanvasRenderingContext2D, { fromSec, toSec }: PageTime['alerts'][number]): void {
  const left = chart.valToPos(fromSec, 'x', true)
  const width = Math.max(2 * devicePixelRatio, chart.valToPos(toSec, 'x', true) - left)
  const foot = chart.bbox.top + chart.bbox.height
  const size = 4 * devicePixelRatio
  context.fillStyle = colour('warn')
  context.fillRect(left, foot - 3 * devicePixelRatio, width, 3 * devicePixelRatio)
  context.beginPath()
  context.arc(left, foot - size, size, 0, 2 * Math.PI)
  context.fill()
}

function alarm(chart: uPlot, context: CanvasRenderingContext2D, sec: number): void {
  const x = Math.round(chart.valToPos(sec, 'x', true))
  const size = 5 * devicePixelRatio
  context.strokeStyle = context.fillStyle = colour('bad')
  context.lineWidth = devicePixelRatio
  context.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio])
  context.beginPath()
  context.moveTo(x, chart.bbox.top)
  context.lineTo(x, chart.bbox.top + chart.bbox.height)
  context.stroke()
  context.beginPath()
  context.moveTo(x - size, chart.bbox.top)
  context.lineTo(x + size, chart.bbox.top)
  context.lineTo(x, chart.bbox.top + size * 1.4)
  context.fill()
}

/** Inside the plot, under the band's rim: the place above it belongs to the phases. */
function faultName(chart: uPlot, context: CanvasRenderingContext2D, { name, fromSec, toSec }: PageTime['faults'][number]): void {
  const left = chart.valToPos(fromSec, 'x', true)
  context.font = chartFont.replace('11px', `${11 * devicePixelRatio}px`)
  context.fillStyle = colour('s2')
  context.textAlign = 'left'
  context.textBaseline = 'top'
  const text = fitted(context, name, chart.valToPos(toSec, 'x', true) - left - 6 * devicePixelRatio)
  if (text !== '') context.fillText(text, left + 3 * devicePixelRatio, chart.bbox.top + 5 * devicePixelRatio)
}

/** Above the plot, each within its own phase; what does not fit is cut, what has no room is left out. */
function names(chart: uPlot, { phases, warmupSec }: PageTime): void {
  const { ctx, bbox } = chart
  const labels = [
    ...(warmupSec > 0 ? [{ name: 'warm-up', fromSec: 0, toSec: warmupSec }] : []),
    ...phases.map((phase) => ({ ...phase, fromSec: Math.max(phase.fromSec, warmupSec) })),
  ]
  ctx.save()
  ctx.font = chartFont.replace('11px', `${11 * devicePixelRatio}px`)
  ctx.fillStyle = colour('quiet')
  ctx.textAlign = 'left'
  ctx.textBaseline = 'bottom'
  for (const { name, fromSec, toSec, ...phase } of labels) {
    const left = Math.max(bbox.left, chart.valToPos(fromSec, 'x', true))
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(toSec, 'x', true))
    const room = right - left - 6 * devicePixelRatio
    // A load that lost its last digits would be another load.
    const whole = 'trial' in phase
    const text = whole && ctx.measureText(name).width > room ? '' : fitted(ctx, name, room)
    if (text !== '') ctx.fillText(text, left + 3 * devicePixelRatio, bbox.top - 2 * devicePixelRatio)
  }
  ctx.restore()
}

function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text
  for (let length = text.length - 1; length >= 3; length--) {
    const cut = `${text.slice(0, length).trimEnd()}…`
    if (context.measureText(cut).width <= width) return cut
  }
  return ''
}
