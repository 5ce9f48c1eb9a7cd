import type uPlot from 'uplot'
import type { PageMark } from '../../capacity/capacity-data.ts'
import { chartFont } from '../chart-look.ts'
import { colour } from '../theme.ts'

const rowHeight = 14
const tones: Readonly<Record<PageMark['kind'], string>> = {
  capacity: 'accent',
  knee: 's2',
  'hard-break': 'bad',
  'expected-peak': 'ink',
  'fit-peak': 's3',
}
/** A solid line was measured; the others are wished for or predicted. */
const dashes: Readonly<Record<PageMark['kind'], readonly number[]>> = {
  capacity: [],
  knee: [5, 3],
  'hard-break': [],
  'expected-peak': [1, 3],
  'fit-peak': [2, 3],
}

interface PlacedLabel {
  readonly mark: PageMark
  /** Of the text, in CSS pixels from the left of the plot. */
  readonly left: number
  readonly row: number
}

/** Labels stand in rows above the plot, none over another. */
export function placeLabels(
  marks: readonly PageMark[],
  { width, most, textWidth }: { readonly width: number; readonly most: number; readonly textWidth: (text: string) => number },
): PlacedLabel[] {
  const rows: { from: number; to: number }[][] = []
  return marks.flatMap((mark): PlacedLabel[] => {
    if (mark.at > most) return []
    const text = textWidth(mark.label)
    const left = Math.max(0, Math.min(width - text, (mark.at / most) * width - text / 2))
    const free = (row: readonly { from: number; to: number }[]) => row.every(({ from, to }) => left + text < from || left > to)
    const found = rows.findIndex(free)
    const row = found < 0 ? rows.length : found
    ;(rows[row] ??= []).push({ from: left - 8, to: left + text + 8 })
    return [{ mark, left, row }]
  })
}

let ruler: CanvasRenderingContext2D | null | undefined

function textWidth(text: string): number {
  ruler ??= document.createElement('canvas').getContext('2d')
  if (!ruler) return text.length * 6
  ruler.font = chartFont
  return ruler.measureText(text).width
}

/** Room above the plot for the labels at this width. */
export function marksPadding(marks: readonly PageMark[], most: number, sides: number): (chart: uPlot) => number {
  return (chart) => {
    const placed = placeLabels(marks, { width: chart.width - sides, most, textWidth })
    return 6 + rowHeight * (1 + Math.max(-1, ...placed.map(({ row }) => row)))
  }
}

/** The interval and the knee's as bands behind the lines, each named load as a line with its label. */
export function markHooks(marks: readonly PageMark[], most: number): uPlot.Hooks.Arrays {
  return {
    drawClear: [
      (chart) => {
        for (const { kind, from, to } of marks) if (to > from) band(chart, { from, to: Math.min(to, most), tone: tones[kind] })
      },
    ],
    draw: [
      (chart) => {
        const { ctx, bbox } = chart
        const width = bbox.width / devicePixelRatio
        ctx.save()
        ctx.font = chartFont.replace('11px', `${11 * devicePixelRatio}px`)
        ctx.textAlign = 'left'
        ctx.textBaseline = 'bottom'
        const placed = placeLabels(marks, { width, most, textWidth })
        const bottomOf = (row: number) => bbox.top - (2 + row * rowHeight) * devicePixelRatio
        for (const { mark, row } of placed) {
          const x = Math.round(chart.valToPos(mark.at, 'x', true))
          ctx.strokeStyle = colour(tones[mark.kind])
          ctx.lineWidth = devicePixelRatio
          ctx.setLineDash(dashes[mark.kind].map((length) => length * devicePixelRatio))
          ctx.beginPath()
          ctx.moveTo(x, bottomOf(row))
          ctx.lineTo(x, bbox.top + bbox.height)
          ctx.stroke()
        }
        for (const { mark, left, row } of placed) {
          const [x, bottom] = [bbox.left + left * devicePixelRatio, bottomOf(row)]
          ground(ctx, { x, bottom, width: textWidth(mark.label) * devicePixelRatio })
          ctx.fillStyle = colour(tones[mark.kind])
          ctx.fillText(mark.label, x, bottom)
        }
        ctx.restore()
      },
    ],
  }
}

/** Lines of labels in higher rows do not run through the text. */
function ground(
  context: CanvasRenderingContext2D,
  { x, bottom, width }: { readonly x: number; readonly bottom: number; readonly width: number },
): void {
  context.fillStyle = colour('page')
  context.fillRect(x - 2, bottom - (rowHeight - 1) * devicePixelRatio, width + 4, (rowHeight - 1) * devicePixelRatio)
}

function band(chart: uPlot, { from, to, tone }: { readonly from: number; readonly to: number; readonly tone: string }): void {
  const { ctx, bbox } = chart
  const left = chart.valToPos(from, 'x', true)
  ctx.save()
  ctx.globalAlpha = tone === 'accent' ? 0.16 : 0.08
  ctx.fillStyle = colour(tone)
  ctx.fillRect(left, bbox.top, Math.max(devicePixelRatio, chart.valToPos(to, 'x', true) - left), bbox.height)
  ctx.restore()
}
