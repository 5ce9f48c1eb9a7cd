import uPlot from 'uplot'
import { legendIn, repaintLegend } from './chart-look.ts'
import { h } from './dom.ts'
import { onThemeChange } from './theme.ts'

export interface ChartToMount {
  readonly id: string
  readonly title: string
  /** For who cannot see it. */
  readonly description: string
  readonly height: number
  readonly data: uPlot.AlignedData
  readonly swatch: (series: number) => string
  /** Offers a logarithmic scale under this name. */
  readonly log?: { readonly name: string; readonly initially: boolean }
  readonly options: (logarithmic: boolean) => Omit<uPlot.Options, 'width' | 'height' | 'legend'>
}

/** What every chart has: a caption with a living legend, the width of its place, the colours of the theme, and a cursor for the keyboard. */
export function mountChart(place: HTMLElement, chart: ChartToMount): HTMLElement {
  const { title, height, data, swatch, log } = chart
  const legend = h('div', { class: 'legend' })
  const plot = h('div', { class: 'plot', tabindex: 0, role: 'img', 'aria-label': chart.description })
  const heading = h('h5', {}, title)
  const figure = h('figure', { class: 'chart', 'data-chart': chart.id }, h('figcaption', {}, heading, legend), plot)
  place.append(figure)
  let logarithmic = log?.initially ?? false
  const width = () => Math.max(200, plot.clientWidth)
  const make = () => {
    const options = { ...chart.options(logarithmic), width: width(), height, legend: legendIn(legend, swatch) }
    return new uPlot(options, data, plot)
  }
  let current = make()
  keyboard(plot, () => current)
  if (log) {
    const toggle = h('button', { type: 'button', 'aria-pressed': String(logarithmic), class: 'log' }, log.name)
    toggle.addEventListener('click', () => {
      logarithmic = !logarithmic
      toggle.setAttribute('aria-pressed', String(logarithmic))
      current.destroy()
      legend.replaceChildren()
      current = make()
    })
    heading.after(toggle)
  }
  new ResizeObserver(() => {
    if (plot.clientWidth > 0 && plot.clientWidth !== current.width) current.setSize({ width: width(), height })
  }).observe(plot)
  onThemeChange(() => {
    current.redraw(false, true)
    repaintLegend(legend, swatch)
  })
  return figure
}

/** Left and right move the cursor of all charts under one axis; Escape lets go of it. */
function keyboard(plot: HTMLElement, chartNow: () => uPlot): void {
  plot.addEventListener('keydown', (event) => {
    if (event.target !== plot) return
    const chart = chartNow()
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
