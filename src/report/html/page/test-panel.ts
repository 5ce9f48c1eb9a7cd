import type { PageTest } from '../page-data.ts'
import { capacitySections } from './capacity/capacity-sections.ts'
import { faultSections } from './faults/fault-sections.ts'
import { faultTable, leakTable, limitTable, resourceVerdictTable } from './pressure-sections.ts'
import { leakCharts, timeCharts } from './time-charts.ts'
import { h, prose, section } from './dom.ts'
import {
  checksTable,
  failuresTable,
  findingsList,
  metricsTable,
  objectivesTable,
  validityBlock,
  validityLine,
} from './judgement.ts'
import { percentileChart } from './percentile-chart.ts'
import { rowsTable } from './rows-table.ts'
import { selfReportSections } from './self-report-sections.ts'

/** Everything about one test, most important first. */
export function testPanel(panel: HTMLElement, test: PageTest): void {
  const charts = h('div', { class: 'charts' })
  const curve = h('div', { class: 'curve' })
  const leaks = h('div', { class: 'leaks' })
  const capacity = test.capacity ? capacitySections(test.capacity, test) : undefined
  const broken = faultSections(test.broken)
  const parts: (HTMLElement | false)[] = [
    h(
      'div',
      { class: 'answer' },
      h(
        'p',
        { class: 'why' },
        h('span', { class: `mark ${test.verdict.verdict}`, 'aria-hidden': 'true' }, test.verdict.mark),
        ' ',
        h('strong', {}, `${test.verdict.word}.`),
        ' ',
        ...prose(test.verdict.why),
      ),
      test.next.length > 0 &&
        h(
          'div',
          { class: 'next' },
          h('h3', {}, 'What to do next'),
          h('ul', {}, ...test.next.map((step) => h('li', {}, ...prose(step)))),
        ),
      validityLine(test),
      test.validity.verdict === 'void' && validityBlock(test),
    ),
    h(
      'dl',
      { class: 'figures' },
      ...test.figures.map(({ label, value, note }) =>
        h('div', {}, h('dt', {}, label), h('dd', {}, value), h('dd', { class: 'quiet' }, note)),
      ),
    ),
    h('p', { class: 'quiet load' }, test.load),
    ...(capacity?.elements ?? []),
    test.objectives.length > 0 && section('Objectives', objectivesTable(test.objectives)),
    ...broken.elements,
    ...selfReportSections(test.selfReports),
    test.phaseRows.length > 0 && section('Phases', rowsTable(test.phaseRows, 'Phase', true)),
    test.findings.length > 0 && section('Findings', findingsList(test.findings)),
    test.validity.verdict !== 'void' && test.validity.checks.length > 0 && section('Validity', validityBlock(test)),
    test.leaks !== null && section(test.leaks.heading, leaks, leakTable(test.leaks.rows)),
    test.faults.length > 0 && section('Faults', faultTable(test.faults)),
    test.limits.length > 0 && section('Limits laid on the target', limitTable(test.limits)),
    test.resources.length > 0 && section('Resources taken from the target', resourceVerdictTable(test.resources)),
    section('Over time', charts),
    test.percentiles.x.length > 1 && section('Latency distribution', curve),
    test.requests.length > 0 &&
      section(test.capacity ? 'Requests, over all trials' : 'Requests', rowsTable(test.requests, 'Request')),
    test.failures.length > 0 && section('Errors', failuresTable(test.failures)),
    test.steps.length > 0 && section('Steps', rowsTable(test.steps, 'Step')),
    test.scenarios.length > 0 && section('Scenarios', rowsTable(test.scenarios, 'Scenario')),
    test.checks.length > 0 && section('Checks', checksTable(test.checks)),
    test.metrics.length > 0 && section('Own metrics', metricsTable(test.metrics)),
  ]
  panel.append(...parts.filter((part) => part !== false))
  capacity?.draw()
  broken.draw()
  if (test.leaks !== null && test.leaks.charts.length > 0) leakCharts(leaks, test)
  timeCharts(charts, test)
  if (test.percentiles.x.length > 1) percentileChart(curve, test.percentiles)
}
