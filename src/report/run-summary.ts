import type { ObjectiveResult, RunResult, TestResult } from '../model/run-result.ts'
import { capacityAnswer } from './capacity-words.ts'
import { stepsFor } from './next-steps.ts'
import { bytes, count, duration, ms, percent, perSec } from './numbers.ts'
import { actualText } from './objective-figures.ts'

/** The head of a report: when, how long, on what; how much went well; what to do. */
export interface RunSummary {
  readonly when: string
  readonly length: string
  readonly machine: string
  /** Null where nothing was done. */
  readonly success: string | null
  readonly tests: string
  readonly recommendations: readonly string[]
}

export function summaryOf(result: RunResult): RunSummary {
  const { machine, tests, startedAt } = result
  const endSec = Math.max(0, ...tests.map(({ startSec, durationSec }) => startSec + durationSec))
  const passed = tests.filter(({ verdict }) => verdict === 'passed').length
  return {
    when: startedAt.replace('T', ' ').replace(/\.\d+Z$|Z$/, ' UTC'),
    length: duration(endSec),
    machine: `${machine.hostname}, ${machine.platform}, ${machine.cores} × ${machine.cpu}, ${bytes(machine.memoryBytes)} memory`,
    success: successWords(tests),
    tests: `${passed} of ${tests.length} passed`,
    recommendations: recommendationsOf(tests),
  }
}

interface Operations {
  readonly word: 'requests' | 'iterations'
  readonly done: number
  readonly failed: number
}

/** What a test does: requests, or iterations where functions are called in process. */
export function operationsOf({ totals, scenarios }: TestResult): Operations {
  if (totals.requests > 0) return { word: 'requests', done: totals.requests, failed: totals.failed }
  return { word: 'iterations', done: totals.iterations, failed: scenarios.reduce((sum, { failed }) => sum + failed, 0) }
}

function successWords(tests: readonly TestResult[]): string | null {
  const all = tests.map(operationsOf).filter(({ done }) => done > 0)
  const done = all.reduce((sum, one) => sum + one.done, 0)
  if (done === 0) return null
  const failed = all.reduce((sum, one) => sum + one.failed, 0)
  const words = [...new Set(all.map(({ word }) => word))].join(' and ')
  const searched = tests.flatMap(({ capacity }) => capacity ?? [])
  const borne = searched.some(({ lower }) => lower !== null)
  const of =
    searched.length === 0
      ? ''
      : borne
        ? '; of a search, those at its capacity'
        : '; of a search that found no capacity, those of its last trial'
  return `${percent(1 - failed / done)} of ${count(done)} operations (${words}${of})`
}

/** The one figure that a test is about. */
export function figureOf(test: TestResult): string {
  const { capacity, objectives, totals, latencyMs } = test
  const missed = objectives.filter(({ verdict }) => verdict === 'fail')
  const decisive =
    missed.find(({ text }) => text === capacity?.limitingObjective) ??
    missed[0] ??
    objectives.find(({ verdict }) => verdict === 'unknown') ??
    objectives[0]
  if (capacity !== undefined) {
    const good = capacity.lower === null ? '' : `, goodput ${perSec(capacity.goodputPerSec)}`
    const by = decisive?.verdict === 'fail' ? `; ${objectiveFigure(decisive)}` : ''
    return `${capacityAnswer(capacity)}${good}${by}`
  }
  if (decisive !== undefined) return objectiveFigure(decisive)
  if (totals.requests > 0) return `${perSec(totals.perSec)}, p95 ${ms(latencyMs.p95)}, ${percent(totals.errorRate)} errors`
  const { done, failed } = operationsOf(test)
  return `${count(done)} iterations, ${percent(done === 0 ? null : failed / done)} failed`
}

function objectiveFigure(objective: ObjectiveResult): string {
  return `${objective.text}: ${objective.verdict === 'unknown' ? 'not known' : actualText(objective)}`
}

/** What to do, each thing once, with the tests that ask for it. Where one test asks for something, that another is content is no news. */
function recommendationsOf(tests: readonly TestResult[]): string[] {
  const byText = new Map<string, string[]>()
  const content = new Map<string, string[]>()
  for (const test of tests)
    for (const { text, urgent } of stepsFor(test)) {
      const into = urgent ? byText : content
      into.set(text, [...(into.get(text) ?? []), test.name])
    }
  const shown = byText.size > 0 ? byText : content
  return [...shown].map(([text, names]) => {
    if (tests.length === 1 || names.length === tests.length) return text
    return `${names.join(', ')}: ${text}`
  })
}
