import type { BreakerStage } from '../../model/breaker-step.ts'
import type { BreakerTestId, BreakerTestResult, BreakerVerdict } from '../../model/breaker-result.ts'
import type { Activity, BreakerCourse, OpenStretch, BreakerRunStage, TestData } from '../../analysis/index.ts'
import { BreakerView, breakerCourse, openedAt, openStretches, waitsOf } from '../../analysis/index.ts'

/** What the record has of the test of one breaker. */
export interface Evidence {
  readonly test: TestData
  readonly link: string
  readonly course: BreakerCourse
  readonly activity: Activity
  readonly stages: readonly BreakerRunStage[]
  /** The first time that every call failed, and when that opened the breaker. */
  readonly errors: { readonly stage: BreakerRunStage; readonly openedSec: number | undefined } | undefined
  readonly open: readonly OpenStretch[]
  /** Longest time from the last call to the next while the dependency failed at once; null: never seen. */
  readonly waitSec: number | null
}

/** One of the sixteen tests, and the defect that it shows. */
export interface Tested extends Omit<BreakerTestResult, 'title'> {
  readonly defect?: BreakerVerdict
}

/** Undefined when nothing was done to the link. */
export function evidenceOf(test: TestData, link: string): Evidence | undefined {
  const course = breakerCourse(test, link)
  if (course === undefined) return undefined
  const view = new BreakerView(test, link)
  view.update()
  const { stages } = course
  const baseline = stages.find(({ stage }) => stage === 'baseline')
  const calls = baseline === undefined ? 0 : view.calls(baseline.fromSec, baseline.toSec)
  const requests = baseline === undefined ? 0 : view.requests(baseline.fromSec, baseline.toSec)
  const activity: Activity = { view, kappa: requests === 0 ? 0 : calls / requests }
  const stage = stages.find((one) => one.stage === 'errors')
  const openedSec = stage === undefined ? undefined : openedIn(activity, stage)
  const open = activity.kappa === 0 ? [] : openStretches(activity, baseline?.toSec ?? 0, view.knownSec)
  const waits = open.flatMap((stretch) =>
    stage !== undefined && stretch.fromSec >= stage.fromSec && stretch.fromSec < stage.toSec ? waitsOf(stretch) : [],
  )
  return {
    ...{ test, link, course, activity, stages, open },
    errors: stage === undefined ? undefined : { stage, openedSec },
    waitSec: waits.length === 0 ? null : Math.max(...waits),
  }
}

/** What is known of a stage is complete a little after its end. */
const afterSec = 0.2

export function openedIn(activity: Activity, { stage, fromSec, laid, toSec }: BreakerRunStage): number | undefined {
  const [first] = laid
  // What waits for an answer is reset at the end, and that may open it as well.
  const endSec = stage === 'no-answer' ? (first?.toSec ?? toSec) : toSec + afterSec
  return openedAt(activity, first?.fromSec ?? fromSec, endSec)
}

export function stagesOf({ stages }: Evidence, stage: BreakerStage): readonly BreakerRunStage[] {
  return stages.filter((one) => one.stage === stage)
}

/** The stage that came next. */
export function stageAfter({ stages }: Evidence, stage: BreakerRunStage): BreakerRunStage | undefined {
  return stages[stages.indexOf(stage) + 1]
}

export function skipped(evidence: Evidence, id: BreakerTestId, stage: BreakerStage): Tested {
  const why = evidence.course.skipped.find((one) => one.stage === stage)?.why
  const { errors } = evidence
  const isShut = errors !== undefined && errors.openedSec === undefined && errors.stage.isOver
  return { id, verdict: 'skipped', evidence: why ?? (isShut ? 'it did not open' : 'the test ended before') }
}

export function seconds(sec: number): string {
  return `${sec < 10 ? sec.toFixed(1) : String(Math.round(sec))} s`
}

export function calls(count: number): string {
  return count === 1 ? 'one call' : `${String(count)} calls`
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}
