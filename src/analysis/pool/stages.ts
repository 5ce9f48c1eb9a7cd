import type { DatabaseRoom, PoolStage, PoolStep } from '../../model/pool-step.ts'
import { runStages } from '../staged-test.ts'
import type { RunStage } from '../staged-test.ts'
import type { TestData } from '../test-data.ts'

/** A stage of the test of a pool as it was run. */
export interface PoolRunStage extends RunStage<PoolStep> {
  readonly held: readonly HeldConnections[]
  /** When our own sessions had all that was left of the database. */
  readonly taken: TakenDatabase | undefined
}

export interface HeldConnections {
  /** Undefined: all. */
  readonly connections: number | undefined
  readonly fromSec: number
  readonly toSec: number
}

export interface TakenDatabase {
  readonly fromSec: number
  readonly toSec: number
  readonly isProven: boolean
  readonly evidence: string
}

/** What was done to a link to test the pool behind it. */
export interface PoolRun {
  readonly stages: readonly PoolRunStage[]
  /** What was not done, and why. */
  readonly skipped: readonly { readonly stage: PoolStage; readonly why: string }[]
  readonly room: DatabaseRoom | undefined
}

/** From the record; undefined when nothing was done. */
export function poolRun(test: TestData, link: string): PoolRun | undefined {
  const found = runStages(
    test,
    test.events.flatMap((event) => (event.kind === 'pool-step' && event.link === link ? [event] : [])),
  )
  if (found === undefined) return undefined
  const { steps, stages } = found
  return {
    stages: stages.map((stage) => ({ ...stage, ...takenIn(stage) })),
    skipped: steps.flatMap((step) => (step.step === 'skipped' || step.step === 'failed' ? [step] : [])),
    room: steps.find((step) => step.step === 'asked')?.room,
  }
}

function takenIn({ steps, toSec }: RunStage<PoolStep>): Pick<PoolRunStage, 'held' | 'taken'> {
  const endOf = (from: number, step: PoolStep['step']): number =>
    steps.slice(from).find((other) => other.step === step)?.sec ?? toSec
  const held = steps.flatMap((step, i): HeldConnections[] =>
    step.step === 'held' ? [{ connections: step.connections, fromSec: step.sec, toSec: endOf(i, 'released') }] : [],
  )
  const taken = steps.flatMap((step, i): TakenDatabase[] =>
    step.step === 'taken'
      ? [{ fromSec: step.sec, toSec: endOf(i, 'given-back'), isProven: step.ok, evidence: step.evidence }]
      : [],
  )
  return { held, taken: taken[0] }
}
