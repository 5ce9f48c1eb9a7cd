import type { Clock } from '../base/clock.ts'

/** Something that happens at known times: arrivals, the change of users, the end of a window. */
export interface TimedTask {
  /** Clock time of what comes next; Infinity: nothing. `run` moves it on. */
  readonly dueMs: number
  /** Worth spinning for. */
  readonly precise: boolean
  run(nowMs: number): void
}

/** The two ways to wait. */
export interface Waiting {
  soon(callback: () => void): void
  /** Returns what cancels it. */
  later(callback: () => void, ms: number): () => void
}

const realWaiting: Waiting = {
  soon: (callback) => void setImmediate(callback),
  later: (callback, ms) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

/** `setTimeout` wakes up to a millisecond early and is late by less than this at the median: the rest is spun away. */
const spinFromMs = 1.5
/** The same while cores are scarce. A spinning thread uses up its fair share of a core and then waits for milliseconds; one that sleeps is let in at once when it wakes. */
const spinFromMsWhenSparing = 0.2
/** Tasks run before sockets get a turn, so that a backlog of arrivals does not delay the answers it waits for. */
const tasksPerTurn = 64

/** Runs tasks at their times, to the microsecond when a core is free: it sleeps until shortly before the next precise one, then spins in `setImmediate`. */
export class Pump {
  /** Time spent in empty turns of the loop, waiting for a time to come: not work. */
  spunMs = 0
  /** Others want this core: spin less. Late by up to a millisecond now and then is better than being put aside for several. */
  sparing = false
  readonly #clock: Clock
  readonly #waiting: Waiting
  readonly #failed: (error: unknown) => void
  /** A turn of the loop shorter than this did nothing else. */
  readonly #emptyTurnMs: number
  readonly #tasks: TimedTask[] = []
  #state: 'idle' | 'sleeping' | 'spinning' = 'idle'
  #cancel: (() => void) | undefined
  #spinSinceMs = NaN
  #lastMs = -Infinity
  #backwards = 0
  readonly #turn = (): void => this.#runDue()

  constructor({
    clock,
    waiting = realWaiting,
    emptyTurnMs = 0,
    failed,
  }: {
    clock: Clock
    waiting?: Waiting
    emptyTurnMs?: number
    failed: (error: unknown) => void
  }) {
    this.#clock = clock
    this.#waiting = waiting
    this.#emptyTurnMs = emptyTurnMs
    this.#failed = failed
  }

  add(task: TimedTask): void {
    this.#tasks.push(task)
    this.wake()
  }

  remove(task: TimedTask): void {
    const at = this.#tasks.indexOf(task)
    if (at >= 0) this.#tasks.splice(at, 1)
  }

  /** A task's time has moved forward from outside. */
  wake(): void {
    if (this.#state === 'spinning') return
    this.#sleepUntilDue(this.#clock.now())
  }

  /** How often the clock was seen to step back since the last call. */
  takeBackwards(): number {
    const seen = this.#backwards
    this.#backwards = 0
    return seen
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#tasks.length = 0
    this.#state = 'idle'
  }

  // hot
  #runDue(): void {
    const now = this.#clock.now()
    const turnMs = now - this.#spinSinceMs
    if (turnMs < this.#emptyTurnMs) this.spunMs += turnMs
    if (now < this.#lastMs) this.#backwards++
    this.#lastMs = now
    this.#state = 'idle'
    this.#spinSinceMs = NaN
    let budget = tasksPerTurn
    try {
      for (let at = 0; at < this.#tasks.length; at++) {
        const task = this.#tasks[at]
        if (task === undefined || task.dueMs > now) continue
        // Once in any case: a backlog of arrivals must not keep the end of a second, or of the load, from coming.
        do task.run(now)
        while (task.dueMs <= now && --budget > 0)
      }
    } catch (error) {
      this.#failed(error)
    }
    this.#sleepUntilDue(budget === tasksPerTurn ? now : this.#clock.now())
  }

  #sleepUntilDue(now: number): void {
    let precise = Infinity
    let coarse = Infinity
    for (const task of this.#tasks) {
      if (task.precise) precise = Math.min(precise, task.dueMs)
      else coarse = Math.min(coarse, task.dueMs)
    }
    this.#cancel?.()
    this.#cancel = undefined
    const spinMs = this.sparing ? spinFromMsWhenSparing : spinFromMs
    if (precise - now < spinMs + 1 || coarse <= now) {
      this.#state = 'spinning'
      this.#spinSinceMs = now
      this.#waiting.soon(this.#turn)
    } else if (precise !== Infinity || coarse !== Infinity) {
      this.#state = 'sleeping'
      // Timers of more than 2^31 ms fire at once.
      const wait = Math.min(precise - now - spinMs, Math.ceil(coarse - now), 60_000)
      this.#cancel = this.#waiting.later(this.#turn, Math.max(1, Math.floor(wait)))
    } else {
      this.#state = 'idle'
    }
  }
}

/** How long a turn of this thread's loop takes when there is nothing to do, in ms: the median of many. */
export async function measureEmptyTurn(turns = 400): Promise<number> {
  const lengths: number[] = []
  let last = performance.now()
  await new Promise<void>((resolve) => {
    const turn = (): void => {
      const now = performance.now()
      lengths.push(now - last)
      last = now
      if (lengths.length < turns) setImmediate(turn)
      else resolve()
    }
    setImmediate(turn)
  })
  // The first half warms the code up.
  const warm = lengths.slice(turns / 2).sort((a, b) => a - b)
  return warm[Math.floor(warm.length / 2)] ?? 0
}
