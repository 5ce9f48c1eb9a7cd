import type { FailureName } from '../../../../model/capacity-result.ts'
import { failureWords } from '../../../capacity-words.ts'
import { h } from '../dom.ts'
import { svg } from '../judgement.ts'
import { colour } from '../theme.ts'

/** Shape and colour: the shape alone tells them apart too. */
interface Look {
  /** An SVG path around 0, 0 with a radius of about 5. */
  readonly path: string
  readonly tone: string
  readonly hollow?: boolean
}

const circle = 'M-4.5 0A4.5 4.5 0 1 1 4.5 0A4.5 4.5 0 1 1 -4.5 0Z'
const looks = {
  circle: { path: circle, tone: 'good' },
  diamond: { path: 'M0 -5.8L5.8 0L0 5.8L-5.8 0Z', tone: 's0' },
  triangle: { path: 'M0 -5.4L5.6 4.6L-5.6 4.6Z', tone: 's1' },
  'triangle down': { path: 'M0 5.4L5.6 -4.6L-5.6 -4.6Z', tone: 's2' },
  cross: { path: 'M-5 -2.6L-2.6 -5L0 -2.4L2.6 -5L5 -2.6L2.4 0L5 2.6L2.6 5L0 2.4L-2.6 5L-5 2.6L-2.4 0Z', tone: 'bad' },
  square: { path: 'M-4.5 -4.5H4.5V4.5H-4.5Z', tone: 'bad' },
  bar: { path: 'M-5.8 -2H5.8V2H-5.8Z', tone: 'bad' },
  plus: { path: 'M-1.8 -5.5H1.8V-1.8H5.5V1.8H1.8V5.5H-1.8V1.8H-5.5V-1.8H-1.8Z', tone: 'bad' },
  hourglass: { path: 'M-5 -5H5L1 0L5 5H-5L-1 0Z', tone: 's4' },
  half: { path: 'M-5 2.5A5 5 0 0 1 5 2.5Z', tone: 's5' },
  ring: { path: circle, tone: 'quiet', hollow: true },
} as const satisfies Readonly<Record<string, Look>>

const lookOf: Readonly<Record<FailureName, keyof typeof looks>> = {
  healthy: 'circle',
  shed: 'diamond',
  saturation: 'triangle',
  'congestion-collapse': 'triangle down',
  'application-errors': 'cross',
  refused: 'square',
  reset: 'square',
  'accept-then-close': 'square',
  'connect-timeout': 'square',
  tls: 'square',
  hang: 'bar',
  crash: 'plus',
  'out-of-memory': 'plus',
  'data-fault': 'plus',
  drift: 'half',
  metastable: 'hourglass',
  'generator-limited': 'ring',
}

/** Painted at a point of a canvas, in its pixels; a rim in the colour of the ground sets it off from lines. */
export function paintClass(
  context: CanvasRenderingContext2D,
  name: FailureName,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  const look: Look = looks[lookOf[name]]
  const path = new Path2D(look.path)
  context.save()
  context.translate(x, y)
  context.scale(devicePixelRatio, devicePixelRatio)
  context.lineJoin = 'round'
  context.setLineDash([])
  context.strokeStyle = colour('page')
  context.lineWidth = 3
  context.stroke(path)
  context.fillStyle = look.hollow === true ? colour('page') : colour(look.tone)
  context.fill(path)
  if (look.hollow === true) {
    context.strokeStyle = colour(look.tone)
    context.lineWidth = 1.6
    context.stroke(path)
  }
  context.restore()
}

/** The classes that occur, with their shapes; those of one shape share an entry. */
export function classLegend(names: readonly FailureName[]): HTMLElement {
  const byLook = new Map<keyof typeof looks, Set<string>>()
  for (const name of names) byLook.set(lookOf[name], (byLook.get(lookOf[name]) ?? new Set<string>()).add(failureWords[name].name))
  return h(
    'ul',
    { class: 'classes', 'aria-label': 'Failure classes' },
    ...[...byLook].map(([look, words]) => h('li', {}, classShape(look), [...words].join(', '))),
  )
}

/** A word of a class with its shape, for a table. */
export function classWord(name: FailureName): HTMLElement {
  return h('span', { class: 'class-word' }, classShape(lookOf[name]), failureWords[name].name)
}

function classShape(name: keyof typeof looks): Element {
  const look: Look = looks[name]
  const shape = svg('svg', { viewBox: '-7 -7 14 14', width: 12, height: 12, class: `shape ${look.tone}`, 'aria-hidden': 'true' })
  shape.append(svg('path', { d: look.path, class: look.hollow === true ? 'hollow' : 'full' }))
  return shape
}
