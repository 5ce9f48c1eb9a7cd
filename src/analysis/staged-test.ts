import type { TestData } from './test-data.ts'

/** A test that is driven beside the load, stage after stage, as far as the time allows. No clock and no socket: it is asked again about every tenth of a second. */
export interface StagedTest<Move> {
  /** Looks at the view and says what to do now; `undefined` once there is nothing left to do. */
  next(nowSec: number): readonly Move[] | undefined
}

/** What every such test has to say of its stages. */
export type StageMove<Stage> =
  | { readonly kind: 'note'; readonly stage: Stage; readonly step: 'begun' | 'ended' }
  | { readonly kind: 'skip'; readonly stage: Stage; readonly why: string }

/** Yields what is to be done, and goes on with the next look. */
export type Stages<Move, T = void> = Generator<readonly Move[], T, void>

/** When the load has warmed up, and when it ends: the test has the time between. */
export interface StagedTime {
  readonly fromSec: number
  readonly toSec: number
}

/** The moment that a test is at. */
export interface Now {
  readonly sec: number
}

/** What crossed a link is posted a tenth of a second later; twice that for a busy machine. */
const lagSec = 0.3

/** @param stages of the test; its `now` is always that of the last look, and the view is never younger than what is known by then */
export function stagedTest<Move>(
  { fromSec, view }: { readonly fromSec: number; readonly view: { update(nowSec: number): void } },
  stages: (now: Now) => Stages<Move>,
): StagedTest<Move> {
  const now = { sec: fromSec }
  const running = stages(now)
  let isOver = false
  return {
    next(nowSec) {
      if (isOver) return undefined
      now.sec = nowSec
      view.update(nowSec - lagSec)
      const { done, value } = running.next()
      isOver = done === true
      return isOver ? undefined : (value as readonly Move[]) // a generator that is not done yields moves
    },
  }
}

/** The time of a test, and what is said of its stages. */
export class StageClock<Stage> {
  readonly #time: StagedTime
  readonly #now: Now
  readonly #lateSec: number

  /** @param lateSec what happened up to a limit is known so much later */
  constructor(time: StagedTime, now: Now, lateSec = 0) {
    this.#time = time
    this.#now = now
    this.#lateSec = lateSec
  }

  get sec(): number {
    return this.#now.sec
  }

  get leftSec(): number {
    return this.#time.toSec - this.#now.sec
  }

  /** Undefined when the limit or the end of the load comes first. */
  *until<T>(found: () => T | undefined, limitSec: number): Stages<never, T | undefined> {
    const { toSec } = this.#time
    const end = Math.min(toSec, this.#now.sec + limitSec) + this.#lateSec
    for (;;) {
      const value = found()
      if (value !== undefined || this.#now.sec >= Math.min(toSec, end)) return value
      yield []
    }
  }

  *wait(sec: number): Stages<never> {
    const end = this.#now.sec + sec
    yield* this.until(() => this.#now.sec >= end || undefined, sec)
  }

  note(stage: Stage, step: 'begun' | 'ended'): StageMove<Stage> {
    return { kind: 'note', stage, step }
  }

  skip(stage: Stage, why: string): StageMove<Stage> {
    return { kind: 'skip', stage, why }
  }

  noTime(stage: Stage, neededSec: number): StageMove<Stage> {
    const left = Math.max(0, Math.floor(this.leftSec))
    return this.skip(stage, `it takes about ${Math.ceil(neededSec)} s, and ${left} s were left`)
  }
}

/** A step of such a test as the record has it. */
interface RecordedStep<Stage> {
  readonly stage: Stage
  readonly step: string
}

/** A stage as it was run, in seconds from the start of the load. */
export interface RunStage<Step extends RecordedStep<unknown>> {
  readonly stage: Step['stage']
  readonly fromSec: number
  readonly toSec: number
  /** It came to its end. */
  readonly isOver: boolean
  readonly steps: readonly Timed<Step>[]
}

export type Timed<Step> = Step & { readonly sec: number }

/** The steps of a test in the record, and the stages that they make; undefined when nothing was done. */
export function runStages<Step extends RecordedStep<unknown>>(
  test: TestData,
  recorded: readonly (Step & { readonly t: number })[],
): { readonly steps: readonly Timed<Step>[]; readonly stages: readonly RunStage<Step>[] } | undefined {
  const start = test.loadStartSec ?? test.startSec
  const steps = recorded.map((step) => ({ ...step, sec: step.t - start }))
  if (steps.length === 0) return undefined
  const begins = steps.flatMap((step, i) => (step.step === 'begun' ? [i] : []))
  const stages = begins.flatMap((begin, k) => {
    const own = steps.slice(begin, begins[k + 1])
    const [begun] = own
    if (begun === undefined) return []
    const ended = own.find(({ step }) => step === 'ended')
    const toSec = ended?.sec ?? Math.max(begun.sec, test.loadSec)
    return [{ stage: begun.stage, fromSec: begun.sec, toSec, isOver: ended !== undefined, steps: own }]
  })
  return { steps, stages }
}
