import type { BreakerStage, BreakerStep } from '../../model/breaker-step.ts'
import type { LinkAction } from '../../model/link-fault.ts'
import type { TestData } from '../test-data.ts'

/** A stage of the test of a breaker as it was run, in seconds from the start of the load. */
export interface RunStage {
  readonly stage: BreakerStage
  readonly fromSec: number
  readonly toSec: number
  /** It came to its end. */
  readonly isOver: boolean
  readonly laid: readonly LaidFault[]
}

export interface LaidFault {
  readonly action: LinkAction
  readonly share: number | undefined
  readonly fromSec: number
  readonly toSec: number
}

export interface BreakerCourse {
  readonly stages: readonly RunStage[]
  readonly skipped: readonly { readonly stage: BreakerStage; readonly why: string }[]
}

type TimedStep = { readonly sec: number } & BreakerStep

/** What was done to a link to test the breaker behind it, from the record; undefined when nothing was. */
export function breakerCourse(test: TestData, link: string): BreakerCourse | undefined {
  const start = test.loadStartSec ?? test.startSec
  const steps: TimedStep[] = []
  for (const event of test.events)
    if (event.kind === 'breaker-step' && event.link === link) steps.push({ ...event, sec: event.t - start })
  if (steps.length === 0) return undefined
  const begins = steps.flatMap((step, i) => (step.step === 'begun' ? [i] : []))
  const stages = begins.map((begin, k) => stageOf(steps.slice(begin, begins[k + 1]), test.loadSec))
  const skipped = steps.flatMap((step) => (step.step === 'skipped' ? [{ stage: step.stage, why: step.why }] : []))
  return { stages: stages.filter((stage) => stage !== undefined), skipped }
}

function stageOf(steps: readonly TimedStep[], endSec: number): RunStage | undefined {
  const [begun] = steps
  if (begun === undefined) return undefined
  const ended = steps.find(({ step }) => step === 'ended')
  const toSec = ended?.sec ?? Math.max(begun.sec, endSec)
  const laid = steps.flatMap((step, i): LaidFault[] => {
    if (step.step !== 'laid') return []
    const lifted = steps.slice(i).find((other) => other.step === 'lifted' && other.action.kind === step.action.kind)
    return [{ action: step.action, share: step.share, fromSec: step.sec, toSec: lifted?.sec ?? toSec }]
  })
  return { stage: begun.stage, fromSec: begun.sec, toSec, isOver: ended !== undefined, laid }
}
