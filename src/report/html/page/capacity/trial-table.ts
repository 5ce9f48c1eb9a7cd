import type { PageCapacity } from '../../capacity/capacity-data.ts'
import { loadText } from '../../../capacity-words.ts'
import { clock, ms, percent, perSec } from '../../../numbers.ts'
import { h } from '../dom.ts'
import { scrolled } from '../judgement.ts'
import { classWord } from './class-marks.ts'
import { verdictMarks } from './trial-timeline.ts'

export interface TrialTable {
  readonly element: HTMLElement
  mark(trial: number): void
}

export function trialTable({ search, unit }: PageCapacity): TrialTable {
  const rows = new Map(
    search.trials.map((one) => {
      const [mark, word] = verdictMarks[one.verdict]
      const unsettled = one.settle?.settled === false ? one.settle.text : ''
      const note = [one.note, unsettled].filter((text) => text !== '').join('; ')
      const row = h(
        'tr',
        { class: one.verdict },
        h('td', { class: 'number' }, String(one.trial)),
        h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), ` ${word}`),
        h('td', { class: 'number' }, loadText(one.load, unit)),
        h('td', {}, one.purpose),
        h('td', { class: 'number' }, `${clock(one.fromSec)} – ${clock(one.toSec)}`),
        ...[perSec(one.goodput), ms(one.p50), ms(one.p95), ms(one.p99), percent(one.errorRate)].map((text) =>
          h('td', { class: 'number' }, text),
        ),
        h('td', {}, classWord(one.failure), note !== '' && h('div', { class: 'quiet' }, note)),
      )
      return [one.trial, row]
    }),
  )
  const titles = ['Trial', 'Verdict', 'Load', 'Purpose', 'When', 'Goodput', 'p50', 'p95', 'p99', 'Errors', 'Class']
  const numbers = [0, 2, 4, 5, 6, 7, 8, 9]
  const head = titles.map((title, i) => h('th', { scope: 'col', class: numbers.includes(i) ? 'number' : undefined }, title))
  return {
    element: scrolled(h('table', { class: 'trials' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows.values()))),
    mark: (trial) => {
      for (const [number, row] of rows) row.classList.toggle('picked', number === trial)
    },
  }
}
