import type { BreakerStage, BreakerStep } from '../../model/breaker-step.ts'
import type { LinkAction } from '../../model/link-fault.ts'
import { runStages } from '../staged-test.ts'
import type { RunStage } from '../staged-test.ts'
import type { TestData } from '../test-data.ts'

/** A stage of the test of a breaker as it was run. */
export interface BreakerRunStage extends RunStage<BreakerStep> {
  readonly laid: readonly LaidFault[]
}

export interface LaidFault {
  readonly action: LinkAction
  readonly share: number | undefined
  readonly fromSec: number
  readonly toSec: number
}

export interface BreakerCourse {
  readonly stages: readonly BreakerRunStage[]
  readonly skipped: readonly { readonly stage: BreakerStage; readonly why: string }[]
}

/** What was done to a link to test the breaker behind it, from the record; undefined when nothing was. */
export function breakerCourse(test: TestData, link: string): BreakerCourse | undefined {
  const found = runStages(
    test,
    test.events.flatMap((event) => (event.kind === 'breaker-step' && event.link === link ? [event] : [])),
  )
  if (found === undefined) return undefined
  const skipped = found.steps.flatMap((step) => (step.step === 'skipped' ? [{ stage: step.stage, why: step.why }] : []))
  return { stages: found.stages.map((stage) => ({ ...stage, laid: laidIn(stage) })), skipped }
}

function laidIn({ steps, toSec }: RunStage<BreakerStep>): readonly LaidFault[] {
  return steps.flatMap((step, i): LaidFault[] => {
    if (step.step !== 'laid') return []
    const lifted = steps.slice(i).find((other) => other.step === 'lifted' && other.action.kind === step.action.kind)
    return [{ action: step.action, share: step.share, fromSec: step.sec, toSec: lifted?.sec ?? toSec }]
  })
}
