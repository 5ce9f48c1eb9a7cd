import { iterationsOfWorker, peakUsers, placeUsers, userChanges } from '../load/index.ts'
import type { Placement, UserChange } from '../load/index.ts'
import type { LoadSpec } from '../model/load-spec.ts'
import type { LoadRunner, RunnerOptions } from './load-runner.ts'
import type { TimedTask } from './pump.ts'
import { VirtualUser } from './virtual-user.ts'
import type { World } from './world.ts'

export type ClosedSpec = Extract<LoadSpec, { model: 'closed' | 'iterations' }>

/** A user whose `start` threw tries again after this long: a target that comes back gets its users back. */
const startAgainMs = 1000
/** Iterations in a row without a turn of the event loop; after that sockets and timers get theirs. */
const iterationsPerTurn = 16

interface Life {
  readonly user: VirtualUser
  /** Told to end after the iteration that runs. */
  leaving: boolean
}

/** A population of users, each starting its next iteration when the last one ends; with `iterations`, until their shared total is used up. */
export class ClosedLoad implements LoadRunner {
  alive = 0
  readonly tasks: readonly TimedTask[]
  readonly #world: World
  readonly #options: RunnerOptions
  readonly #places: readonly Placement[]
  readonly #shared: boolean
  readonly #lives = new Map<number, Life>()
  #left: number
  #finished = false
  #allBegun = false

  constructor(
    world: World,
    load: ClosedSpec,
    { mix, shared, ...options }: RunnerOptions & { mix: Readonly<Record<string, number>>; shared: boolean },
  ) {
    this.#world = world
    this.#options = options
    this.#shared = shared
    const stages = load.model === 'closed' ? load.stages : [{ from: load.users, to: load.users, durationSec: load.limitSec }]
    this.#left =
      load.model === 'closed' ? Infinity : iterationsOfWorker(load.iterations, load.users, options.worker, options.workers)
    this.#places = placeUsers(mix, peakUsers(stages), options.workers)
    this.tasks = [this.#changeTask(userChanges(stages))]
  }

  get exhausted(): boolean {
    return this.#left <= 0 && this.alive === 0 && this.#allBegun
  }

  #changeTask(changes: Generator<UserChange>): TimedTask {
    const { worker, startMs } = this.#options
    const following = (): UserChange | undefined => {
      for (;;) {
        const step = changes.next()
        if (step.done === true) {
          this.#allBegun = true
          return undefined
        }
        if (this.#places[step.value.user]?.worker === worker) return step.value
      }
    }
    let next = following()
    const dueAt = (change: UserChange | undefined): number => (change ? startMs + change.atMs : Infinity)
    const task = {
      precise: false,
      dueMs: dueAt(next),
      run: () => {
        if (!next || this.#finished) {
          task.dueMs = Infinity
          return
        }
        if (next.begins) this.#begin(next.user)
        else this.#end(next.user)
        next = following()
        task.dueMs = dueAt(next)
      },
    }
    return task
  }

  #begin(place: number): void {
    if (this.#left <= 0) return
    const life = this.#lives.get(place)
    if (life && !life.user.gone) {
      // It was told to leave and has not left yet: it stays.
      life.leaving = false
      return
    }
    const user = new VirtualUser(this.#world, this.#places[place]?.scenario ?? '', { shared: this.#shared })
    user.become(this.#options.firstId + place + 1)
    const begun = { user, leaving: false }
    this.#lives.set(place, begun)
    this.alive++
    this.#world.meter.users.change(this.#world.clock.now(), 1)
    void this.#live(begun).then(() => this.#leave(place, begun))
  }

  #end(place: number): void {
    const life = this.#lives.get(place)
    if (!life) return
    life.leaving = true
    life.user.endRest()
  }

  async #live(life: Life): Promise<void> {
    const { user } = life
    const ends = (): boolean => this.#finished || life.leaving || user.gone || this.#left <= 0
    while (!(await this.#outside(() => user.start()))) {
      if (ends()) return
      await this.#outside(() => user.rest(this.#world.clock.now() + startAgainMs)).catch(ignoreGone)
      if (ends()) return
    }
    await this.#iterate(life, ends)
    await this.#outside(() => user.stop())
  }

  /** What a user does while no iteration of it runs. */
  async #outside<T>(work: () => Promise<T>): Promise<T> {
    const { clock, meter } = this.#world
    meter.outside.change(clock.now(), 1)
    try {
      return await work()
    } finally {
      meter.outside.change(clock.now(), -1)
    }
  }

  // hot
  async #iterate({ user }: Life, ends: () => boolean): Promise<void> {
    const { clock, attribution } = this.#world
    let intendedMs = clock.now()
    let sameTurn = 0
    while (!ends()) {
      this.#left--
      const { failures } = user
      const { turns } = attribution
      user.begin(intendedMs, notAnArrival)
      // Awaited here and not in a function of the user: each async function between here and the answer costs a promise and a turn of the queue.
      try {
        await user.run()
      } catch (error) {
        user.threw(error, 'run')
      }
      if (user.gone) return
      const endMs = user.end(failures)
      const paceMs = intendedMs + user.paceMs
      intendedMs = endMs
      if (turns === attribution.turns && ++sameTurn >= iterationsPerTurn) {
        sameTurn = 0
        await new Promise((resolve) => setImmediate(resolve))
        intendedMs = clock.now()
      }
      // From the intended start, so that an early or late timer does not add up.
      if (user.paceMs > 0 && paceMs > intendedMs && !ends()) {
        await this.#outside(() => user.rest(paceMs)).catch(ignoreGone)
        this.#world.meter.thinkMs += clock.now() - intendedMs
        intendedMs = paceMs
      }
    }
  }

  #leave(place: number, life: Life): void {
    if (life.user.gone) return
    life.user.leave()
    this.#gone(place, life)
  }

  #gone(place: number, life: Life): void {
    if (this.#lives.get(place) === life) this.#lives.delete(place)
    this.alive--
    this.#world.meter.users.change(this.#world.clock.now(), -1)
    this.#options.left()
  }

  settle(): void {
    // Iterations are planned when they start: nothing is ever due and not begun.
  }

  finish(): void {
    this.#finished = true
    for (const { user } of this.#lives.values()) user.endRest()
  }

  abort(): void {
    this.#finished = true
    for (const [place, life] of [...this.#lives]) {
      life.user.abort()
      this.#gone(place, life)
    }
  }
}

const notAnArrival = { arrival: false, capped: false }

function ignoreGone(): void {
  // The caller looks at `gone`.
}
