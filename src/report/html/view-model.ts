import type { RunData, TestData } from '../../analysis/index.ts'
import type { RunHeader } from '../../model/run-header.ts'
import type { RunResult, TestResult } from '../../model/run-result.ts'
import { nextSteps, nextStepsOfRun } from '../next-steps.ts'
import { inUnit } from '../numbers.ts'
import { actualText, limitText } from '../objective-figures.ts'
import { runOverview } from '../overview/run-overview.ts'
import { variantWords } from '../variant-words.ts'
import { verdictWords, validityWords, whyRun } from '../words.ts'
import { loadText } from '../capacity-words.ts'
import { capacityFigures } from './capacity/capacity-figures.ts'
import { pageCapacity } from './capacity/page-capacity.ts'
import { chartsOf } from './charts.ts'
import { attackBands } from './faults/attack-view.ts'
import { pageFaults } from './faults/fault-view.ts'
import { leaksOf } from './leak-view.ts'
import type {
  PageCheck,
  PageData,
  PageObjective,
  PagePercentiles,
  PagePhase,
  PageTest,
  PageTime,
  PageVerdict,
} from './page-data.ts'
import { percentileCurve } from './percentile-curve.ts'
import { faultBands, pageFault, pageLimit } from './pressure-view.ts'
import { keyFigures, loadSentence, noticesOf, runFacts } from './run-facts.ts'
import { alertSpans, pageSelfReports } from './self-report-view.ts'
import { groupRow, metricRow, phaseRows, requestRow } from './table-rows.ts'
import { TimeColumnsMaker } from './time-columns.ts'
import type { TimeColumns } from './time-columns.ts'

export interface ViewModel {
  /** The page for what the record holds now. Cheap when little was added since the last call. */
  update(data: RunData, result: RunResult): PageData
}

/** Points of all tests together: what keeps the page small however long the run. */
const allPoints = 3600

/** A pure function of header, record and result; what it keeps between calls only saves work. */
export function createViewModel(header: RunHeader): ViewModel {
  const makers = new Map<string, TimeColumnsMaker>()
  const mostPoints = Math.max(240, Math.min(1200, Math.floor(allPoints / Math.max(1, header.plan.tests.length))))
  return {
    update(data, result) {
      const tests = result.tests.flatMap((judged): PageTest[] => {
        const test = data.test(judged.name)
        if (!test) return []
        const maker = makers.get(test.name) ?? new TimeColumnsMaker(mostPoints)
        makers.set(test.name, maker)
        return [pageTest(data, test, judged, maker.update(test))]
      })
      return {
        title: result.name,
        verdict: pageVerdict(result.verdict, [whyRun(result), ...nextStepsOfRun(result)].join(' ')),
        startedAt: result.startedAt,
        command: header.command,
        facts: runFacts(header, result),
        errors: result.errors,
        notices: noticesOf(data),
        overview: result.tests.length > 1 ? runOverview(result) : null,
        variants: variantWords(result),
        tests,
      }
    },
  }
}

function pageVerdict(verdict: RunResult['verdict'], why: string): PageVerdict {
  return { verdict, ...verdictWords[verdict], why }
}

function pageTest(data: RunData, test: TestData, result: TestResult, columns: TimeColumns): PageTest {
  const time = timeOf(test, result, columns)
  return {
    name: result.name,
    verdict: pageVerdict(result.verdict, result.reason),
    next: nextSteps(result),
    validity: { verdict: result.validity.verdict, words: validityWords(result), checks: result.validity.checks.map(pageCheck) },
    figures: result.capacity ? capacityFigures(result.capacity) : keyFigures(test, result),
    load: loadSentence(test, result),
    capacity: result.capacity ? pageCapacity(result.capacity) : null,
    leaks: leaksOf(test, result, time),
    faults: (result.faults ?? []).map(pageFault),
    broken: pageFaults(test, result),
    selfReports: pageSelfReports(result),
    limits: (result.limits ?? []).map(pageLimit),
    resources: result.resources ?? [],
    time,
    charts: chartsOf(data, test, columns, time),
    // A mixture of loads below and above the capacity has no distribution worth a look: each trial has its own.
    percentiles: result.capacity ? noPercentiles : percentileCurve(test),
    requests: result.requests.map((request) => requestRow(test, request)),
    phaseRows: phaseRows(test, result),
    steps: result.steps.map((step) => groupRow(test, 'step', step)),
    scenarios: result.scenarios.map((scenario) => groupRow(test, 'scenario', scenario)),
    checks: result.checks,
    metrics: result.metrics.map(metricRow),
    objectives: result.objectives.map(pageObjective),
    findings: result.findings,
    failures: result.errors.slice(0, 60),
  }
}

const noPercentiles: PagePercentiles = { x: [], responseMs: [], serviceMs: [], samples: 0 }

/** A search has no phases that anybody planned: its trials are what its time is made of. */
function phasesOf({ capacity, phases }: TestResult): readonly PagePhase[] {
  if (!capacity) return phases
  const { unit, trials } = capacity
  return trials.map(({ load, fromSec, toSec, verdict }) => ({ name: loadText(load, unit), fromSec, toSec, trial: verdict }))
}

function timeOf(test: TestData, result: TestResult, { stepSec, points }: TimeColumns): PageTime {
  const start = test.loadStartSec ?? test.startSec
  const alarms = test.events.flatMap((event) =>
    event.kind === 'alarm' ? [{ sec: Math.max(0, event.t - start), text: event.condition }] : [],
  )
  const crossed = (result.crossings ?? []).map(({ objective, fromSec }) => ({ sec: fromSec, text: `beyond ${objective}` }))
  const { from, to } = test.judged
  return {
    points: points.length,
    stepSec,
    warmupSec: result.warmup.sec,
    judged: [from, to],
    phases: phasesOf(result),
    alarms: [...alarms, ...crossed],
    alerts: alertSpans(result, points.length * stepSec),
    faults: [
      ...faultBands(result.faults ?? [], points.length * stepSec),
      ...attackBands(result.attacks ?? [], points.length * stepSec),
    ],
  }
}

function pageCheck({ id, title, verdict, value, limit, unit, advice }: TestResult['validity']['checks'][number]): PageCheck {
  return { id, title, verdict, value: inUnit(value, unit), limit: inUnit(limit, unit), advice }
}

function pageObjective(objective: TestResult['objectives'][number]): PageObjective {
  const { actual, limit } = objective
  const share = actual === null || limit <= 0 || actual < 0 ? null : actual / limit
  return {
    ...objective,
    actualText: actualText(objective),
    limitText: limitText(objective),
    share: share === null ? null : Number(share.toFixed(3)),
  }
}
