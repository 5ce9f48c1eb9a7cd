import type { PageTest } from '../../page-data.ts'
import type { PageCapacity } from '../../capacity/capacity-data.ts'
import { loadText } from '../../../capacity-words.ts'
import { ms, percent, perSec } from '../../../numbers.ts'
import { h, section } from '../dom.ts'
import { scrolled } from '../judgement.ts'
import { capacityCurve } from './capacity-curve.ts'
import { classWord } from './class-marks.ts'
import { loadAxis } from './load-axis.ts'
import { hysteresisBar, overloadPlot, overloadTable } from './overload-plot.ts'
import { resourceTable, saturationChart } from './saturation-chart.ts'
import { trialTable } from './trial-table.ts'
import { trialTimeline } from './trial-timeline.ts'

/** One load is no curve: its figures say all there is. */
const fewestForCurve = 2

interface Sections {
  readonly elements: readonly HTMLElement[]
  /** Once they stand in the page: charts measure their place. */
  draw(): void
}

/** The answer of a search with its curve, what happens beyond it, and how it was found. */
export function capacitySections(capacity: PageCapacity, test: PageTest): Sections {
  const { heading, sentences, curve, resources, overload, search, unit } = capacity
  const curvePlace = h('div', { class: 'chart-grid main' })
  const elements = [
    section(
      heading,
      sentenceList(sentences),
      curvePlace,
      resources.length > 0 && resourceTable(capacity),
      curve.length > 0 &&
        h(
          'details',
          { open: curve.length < fewestForCurve },
          h('summary', {}, `The curve in figures: ${curve.length} ${curve.length === 1 ? 'load' : 'loads'}`),
          curveTable(capacity),
        ),
    ),
  ]
  const overloadPlace = h('div', { class: 'overload-plot' })
  if (overload)
    elements.push(
      section(
        overload.heading,
        sentenceList(overload.sentences),
        h('div', { class: 'overload-grid' }, overloadPlace, overload.hysteresis !== null && hysteresisBar(overload.hysteresis)),
        overload.points.length > 0 && overloadTable(overload, unit),
      ),
    )
  const timeline = h('div', { class: 'chart-grid main' })
  const table = trialTable(capacity)
  if (search.trials.length > 0) elements.push(section(search.heading, timeline, table.element))
  return {
    elements,
    draw: () => {
      if (curve.length >= fewestForCurve) {
        const axis = loadAxis(capacity)
        capacityCurve(curvePlace, capacity, axis)
        saturationChart(curvePlace, capacity, axis)
      }
      if (overload && overload.points.length > 0) overloadPlot(overloadPlace, overload, unit)
      if (search.trials.length > 0) trialTimeline(timeline, capacity, test, (trial) => table.mark(trial))
    },
  }
}

function sentenceList(sentences: readonly string[]): HTMLElement | false {
  return sentences.length > 0 && h('ul', { class: 'sentences' }, ...sentences.map((sentence) => h('li', {}, sentence)))
}

function curveTable({ curve, unit }: PageCapacity): HTMLElement {
  const titles = [unit === 'users' ? 'Users' : 'Offered', 'Goodput', 'p50', 'p95', 'p99', 'Errors', 'Class', 'Verdict']
  const rows = curve.map(({ load, goodput, p50, p95, p99, errorRate, failure, bears }) =>
    h(
      'tr',
      {},
      ...[loadText(load, unit), perSec(goodput), ms(p50), ms(p95), ms(p99), percent(errorRate)].map((text) =>
        h('td', { class: 'number' }, text),
      ),
      h('td', {}, classWord(failure)),
      h('td', {}, bears ? 'bears' : failure === 'generator-limited' ? 'void' : 'fails'),
    ),
  )
  const head = titles.map((title, i) => h('th', { scope: 'col', class: i < 6 ? 'number' : undefined }, title))
  return scrolled(h('table', { class: 'curve-figures' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)))
}
