import type { LimiterAnswer, LimiterStage, LimiterStep } from '../../model/limiter-step.ts'
import { runStages } from '../staged-test.ts'
import type { RunStage } from '../staged-test.ts'
import type { TestData } from '../test-data.ts'

/** The test of a rate limiter as it was run, in seconds from the start of the load. */
export interface LimiterRun {
  readonly stages: readonly LimiterRunStage[]
  readonly skipped: readonly { readonly stage: LimiterStage; readonly why: string }[]
}

export type LimiterRunStage = RunStage<LimiterStep> & {
  /** In the order in which they were sent. */
  readonly answers: readonly LimiterAnswer[]
}

/** Undefined when nothing was done. */
export function limiterRun(test: TestData, name: string): LimiterRun | undefined {
  const recorded = test.events.filter((event) => event.kind === 'limiter-step' && event.limiter === name)
  const run = runStages<LimiterStep>(test, recorded as (LimiterStep & { t: number })[]) // filtered by its kind just now
  if (run === undefined) return undefined
  return {
    // What was answered late stands in the record after the next stage has begun.
    stages: run.stages.map((stage) => ({
      ...stage,
      answers: run.steps
        .flatMap((step) => (step.step === 'answers' && step.stage === stage.stage ? step.answers : []))
        .sort((a, b) => a.at - b.at),
    })),
    skipped: run.steps.flatMap((step) =>
      step.step === 'skipped' || step.step === 'failed' ? [{ stage: step.stage, why: step.why }] : [],
    ),
  }
}
