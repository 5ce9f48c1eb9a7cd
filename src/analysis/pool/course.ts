import type { PoolStage } from '../../model/pool-step.ts'
import { StageClock } from '../staged-test.ts'
import type { Now, Stages as StagesOf } from '../staged-test.ts'
import type { Fullness, Usual } from './measures.ts'
import { backAt, fullIn, isSettled, usualOf } from './measures.ts'
import type { PoolMove, PoolTestOptions } from './pool-test.ts'

type Stages<T = void> = StagesOf<PoolMove, T>

/** Requests that the baseline needs. */
export const baselineRequests = 30
/** Of the connections: so many are held, one step after the other, and at last all but one. */
const shares = [0.5, 0.75, 0.9]
/** For our sessions to take what is left, and for the target to be looked at meanwhile and afterwards. */
const databaseSec = 12

/** All stages in the order of their worth for their time. */
export function poolStages(options: PoolTestOptions, now: Now): Stages {
  return new Course(options, now).run()
}

class Course {
  readonly #options: PoolTestOptions
  readonly #clock: StageClock<PoolStage>
  readonly #lengthSec: number

  constructor(options: PoolTestOptions, now: Now) {
    this.#options = options
    this.#clock = new StageClock(options, now)
    this.#lengthSec = options.toSec - options.fromSec
  }

  *run(): Stages {
    const usual = yield* this.#baseline()
    if (usual === undefined) return
    const full = yield* this.#limit(usual)
    if (full === undefined) return
    const isBack = yield* this.#recovery('recovery', usual)
    if (full.isDatabase) {
      for (const stage of ['again', 'steps', 'database'] as const)
        yield [this.#clock.skip(stage, 'the database was full before the pool was')]
      return
    }
    yield* this.#again(usual)
    if (!isBack) {
      for (const stage of ['steps', 'database'] as const) yield [this.#clock.skip(stage, 'it had not recovered')]
      return
    }
    yield* this.#steps(full)
    yield* this.#database()
  }

  *#baseline(): Stages<Usual | undefined> {
    const from = this.#clock.sec
    const needed = Math.min(15, Math.max(4, 0.12 * this.#lengthSec))
    yield [this.#clock.note('baseline', 'begun'), { kind: 'ask', stage: 'baseline' }]
    const enough = (): Usual | undefined => {
      const usual = usualOf(this.#options.view, from, this.#knownSec())
      return this.#knownSec() - from >= needed && usual.requests >= baselineRequests && usual.busy > 0 ? usual : undefined
    }
    const usual = yield* this.#clock.until(enough, 0.3 * this.#lengthSec)
    yield [this.#clock.note('baseline', 'ended')]
    return usual
  }

  /** Undefined when it was not reached. */
  *#limit(usual: Usual): Stages<Fullness | undefined> {
    const from = this.#clock.sec
    yield [this.#clock.note('limit', 'begun'), { kind: 'hold', stage: 'limit' }]
    const full = yield* this.#untilFull(from, usual, Math.min(30, 0.3 * this.#lengthSec))
    if (full !== undefined) {
      const { clientTimeoutSec, view } = this.#options
      const holdSec = Math.max(5, Math.min(clientTimeoutSec + 2, 0.3 * this.#lengthSec, 40))
      const isSeen = (): true | undefined => (this.#clock.sec - full.fromSec >= 5 && isSettled(view, full.fromSec)) || undefined
      yield* this.#clock.until(isSeen, full.fromSec + holdSec - this.#clock.sec)
    }
    yield [{ kind: 'release', stage: 'limit' }, this.#clock.note('limit', 'ended')]
    return full
  }

  /** True when requests are answered as before. */
  *#recovery(stage: 'recovery' | 'again', usual: Usual): Stages<boolean> {
    const from = this.#clock.sec
    if (stage === 'recovery') yield [this.#clock.note(stage, 'begun')]
    const back = (): number | undefined => backAt(this.#options.view, { from, to: this.#knownSec(), usual })
    const found = yield* this.#clock.until(back, Math.max(10, Math.min(20, 0.2 * this.#lengthSec)))
    yield [this.#clock.note(stage, 'ended')]
    return found !== undefined
  }

  /** Are there as many connections as there were? */
  *#again(usual: Usual): Stages {
    const needed = 6
    if (this.#clock.leftSec < needed) return yield [this.#clock.noTime('again', needed)]
    const from = this.#clock.sec
    yield [this.#clock.note('again', 'begun'), { kind: 'hold', stage: 'again' }]
    yield* this.#untilFull(from, usual, Math.min(20, Math.max(needed, 0.2 * this.#lengthSec)))
    yield [{ kind: 'release', stage: 'again' }]
    yield* this.#recovery('again', usual)
  }

  *#steps({ connections }: Fullness): Stages {
    const stepSec = Math.min(8, Math.max(3, 0.04 * this.#lengthSec))
    // To be taken, to be looked at in whole seconds, and to be let go.
    const needed = stepSec + 4
    const held = [...new Set([...shares.map((share) => Math.floor(share * connections)), connections - 1])].filter((k) => k > 0)
    if (held.length === 0) return yield [this.#clock.skip('steps', 'there is but one connection')]
    if (this.#clock.leftSec < needed) return yield [this.#clock.noTime('steps', needed)]
    yield [this.#clock.note('steps', 'begun')]
    for (const k of held) {
      if (this.#clock.leftSec < needed) break
      yield [{ kind: 'hold', stage: 'steps', connections: k }]
      const isTaken = (): true | undefined => this.#options.view.busyAt(this.#options.view.knownSec) >= k || undefined
      yield* this.#clock.until(isTaken, 2)
      const end = Math.ceil(this.#clock.sec) + stepSec
      yield* this.#clock.until(() => this.#clock.sec >= end || undefined, stepSec + 2)
      yield [{ kind: 'release', stage: 'steps', connections: k }]
      yield* this.#clock.wait(1.5)
    }
    yield [this.#clock.note('steps', 'ended')]
  }

  /** Does it go on with the connections that it has? */
  *#database(): Stages {
    if (this.#clock.leftSec < databaseSec) return yield [this.#clock.noTime('database', databaseSec)]
    yield [this.#clock.note('database', 'begun'), { kind: 'take', stage: 'database' }]
    const end = Math.ceil(this.#clock.sec) + Math.min(10, Math.max(4, 0.05 * this.#lengthSec))
    yield* this.#clock.until(() => this.#clock.sec >= end || undefined, 12)
    yield [{ kind: 'give-back', stage: 'database' }]
    yield* this.#clock.wait(2)
    yield [this.#clock.note('database', 'ended')]
  }

  *#untilFull(from: number, usual: Usual, limitSec: number): Stages<Fullness | undefined> {
    const { view } = this.#options
    return yield* this.#clock.until(() => fullIn(view, { from, to: view.knownSec, usual }), limitSec)
  }

  /** Whole seconds of requests. */
  #knownSec(): number {
    return this.#options.view.seconds
  }
}
