import type { DatabaseRoom, PoolStage, PoolStep } from '../../model/pool-step.ts'
import type { TestData } from '../test-data.ts'

/** A stage of the test of a pool as it was run, in seconds from the start of the load. */
export interface PoolRunStage {
  readonly stage: PoolStage
  readonly fromSec: number
  readonly toSec: number
  /** It came to its end. */
  readonly isOver: boolean
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

type TimedStep = { readonly sec: number } & PoolStep

/** From the record; undefined when nothing was done. */
export function poolRun(test: TestData, link: string): PoolRun | undefined {
  const start = test.loadStartSec ?? test.startSec
  const steps: TimedStep[] = []
  for (const event of test.events)
    if (event.kind === 'pool-step' && event.link === link) steps.push({ ...event, sec: event.t - start })
  if (steps.length === 0) return undefined
  const begins = steps.flatMap((step, i) => (step.step === 'begun' ? [i] : []))
  const stages = begins.map((begin, k) => stageOf(steps.slice(begin, begins[k + 1]), test.loadSec))
  return {
    stages: stages.filter((stage) => stage !== undefined),
    skipped: steps.flatMap((step) => (step.step === 'skipped' || step.step === 'failed' ? [step] : [])),
    room: steps.find((step) => step.step === 'asked')?.room,
  }
}

function stageOf(steps: readonly TimedStep[], endSec: number): PoolRunStage | undefined {
  const [begun] = steps
  if (begun === undefined) return undefined
  const ended = steps.find(({ step }) => step === 'ended')
  const toSec = ended?.sec ?? Math.max(begun.sec, endSec)
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
  return { stage: begun.stage, fromSec: begun.sec, toSec, isOver: ended !== undefined, held, taken: taken[0] }
}
