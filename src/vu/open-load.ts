import { seededRandom } from '../base/random.ts'
import { arrivalTimes, createArrivalPicker, levelAt, shardOf } from '../load/index.ts'
import type { ArrivalLoad, ArrivalShard } from '../load/index.ts'
import { dropCause } from './drop-cause.ts'
import type { LoadRunner, RunnerOptions } from './load-runner.ts'
import type { TimedTask } from './pump.ts'
import { VirtualUser } from './virtual-user.ts'
import type { World } from './world.ts'

/** The first iterations tell how long one takes while the target is healthy. */
const earlyIterations = 20
/** Weight of the newest iteration in the running mean. */
const newest = 0.05
/** Who is due so shortly before the load is ended, with a user free, was not given up: a stop comes between two turns of the loop. */
const lastMomentMs = 100

/**
 * Arrivals that come whether the target keeps up or not; each is a new user. One that finds all users busy waits, first come first served, and its latency
 * counts from when it was due. Nothing is stored for those that wait: the schedule is walked a second time, behind the first, by those who start.
 */
export class OpenLoad implements LoadRunner {
  alive = 0
  readonly tasks: readonly TimedTask[]
  readonly #world: World
  readonly #load: ArrivalLoad
  readonly #options: RunnerOptions & { idStride: number }
  readonly #shared: boolean
  readonly #maxUsers: number
  readonly #pick: (index: number) => string
  /** The next arrival to start. */
  readonly #head: ArrivalShard
  /** The next arrival to fall due. */
  readonly #tail: ArrivalShard
  readonly #idle = new Map<string, VirtualUser[]>()
  readonly #busy = new Set<VirtualUser>()
  readonly #task: { precise: boolean; dueMs: number; run(nowMs: number): void }
  #finished = false
  #capped = false
  #freeSinceMs = -Infinity
  #early = { count: 0, sumMs: 0 }
  #recentMs = NaN

  constructor(
    world: World,
    load: ArrivalLoad,
    options: RunnerOptions & {
      mix: Readonly<Record<string, number>>
      shared: boolean
      idStride: number
      seed: number
      traceTimesSec: readonly number[]
    },
  ) {
    const { mix, shared, seed, traceTimesSec, worker, workers } = options
    this.#world = world
    this.#load = load
    this.#options = options
    this.#shared = shared
    this.#maxUsers = shareOf(load.maxUsers, worker, workers)
    this.#pick = createArrivalPicker(mix, seed + 1)
    const walk = (): ArrivalShard => shardOf(arrivalTimes(load, seededRandom(seed), traceTimesSec), worker, workers)
    this.#head = walk()
    this.#tail = walk()
    this.#task = { precise: true, dueMs: this.#dueMs(), run: (nowMs) => this.#arrive(nowMs) }
    this.tasks = [this.#task]
  }

  get exhausted(): boolean {
    return this.#head.atMs === Infinity && this.alive === 0
  }

  #dueMs(): number {
    return this.#finished ? Infinity : this.#options.startMs + this.#head.atMs
  }

  // hot
  #arrive(nowMs: number): void {
    if (this.#finished) this.#task.dueMs = Infinity
    else if (this.alive >= this.#maxUsers) this.#reachCap(nowMs)
    else {
      const dueMs = this.#dueMs()
      const user = this.#userFor(this.#pick(this.#head.index))
      user.become(this.#options.firstId + this.#head.index * this.#options.idStride + 1)
      this.#head.advance()
      this.#task.dueMs = this.#dueMs()
      this.alive++
      this.#busy.add(user)
      this.#world.meter.users.change(nowMs, 1)
      // Due while no user was free: it waited for one, not for us.
      user.begin(dueMs, { arrival: true, capped: dueMs < this.#freeSinceMs })
      void this.#visit(user)
    }
  }

  #reachCap(nowMs: number): void {
    this.#task.dueMs = Infinity
    if (!this.#capped) this.#world.meter.capped.change(nowMs, 1)
    this.#capped = true
  }

  #userFor(scenario: string): VirtualUser {
    return this.#idle.get(scenario)?.pop() ?? new VirtualUser(this.#world, scenario, { shared: this.#shared })
  }

  async #visit(user: VirtualUser): Promise<void> {
    const { failures, iterationMs } = user
    if (await user.start()) {
      try {
        await user.run()
      } catch (error) {
        user.threw(error, 'run')
      }
    }
    if (user.gone) return
    this.#learn(user.end(failures) - iterationMs)
    await user.stop()
    // Taken away meanwhile.
    if (!this.#busy.delete(user)) return
    user.leave()
    const idle = this.#idle.get(user.scenario)
    if (idle) idle.push(user)
    else this.#idle.set(user.scenario, [user])
    this.#release()
  }

  #learn(iterationMs: number): void {
    if (this.#early.count < earlyIterations) {
      this.#early.count++
      this.#early.sumMs += iterationMs
    }
    this.#recentMs = Number.isNaN(this.#recentMs) ? iterationMs : this.#recentMs + newest * (iterationMs - this.#recentMs)
  }

  #release(): void {
    const nowMs = this.#world.clock.now()
    this.alive--
    this.#world.meter.users.change(nowMs, -1)
    if (this.#capped) {
      this.#freeSinceMs = nowMs
      this.#task.dueMs = this.#dueMs()
      if (this.#task.dueMs <= nowMs) this.#arrive(nowMs)
      if (this.alive < this.#maxUsers) {
        this.#capped = false
        this.#world.meter.capped.change(nowMs, -1)
        this.#options.wake()
      } else this.#task.dueMs = Infinity
    }
    this.#options.left()
  }

  /** Counts the arrivals that have fallen due. */
  settle(nowMs: number): void {
    if (this.#finished) return
    while (this.#options.startMs + this.#tail.atMs <= nowMs) this.#plan()
  }

  #plan(): void {
    this.#world.meter.planned(this.#tail.gapMs)
    this.#tail.advance()
  }

  finish(nowMs: number): void {
    if (this.#finished) return
    const untilMs = this.alive >= this.#maxUsers ? nowMs : nowMs - lastMomentMs
    this.settle(untilMs)
    // What was started was due.
    while (this.#tail.index < this.#head.index) this.#plan()
    const isLeft = this.#dueMs() <= untilMs
    this.#finished = true
    this.#task.dueMs = Infinity
    const waiting = (this.#tail.index - this.#head.index) / this.#options.workers
    if (isLeft && waiting > 0) this.#world.meter.dropped(this.#cause(nowMs), Math.round(waiting))
  }

  #cause(nowMs: number): ReturnType<typeof dropCause> {
    const { meter } = this.#world
    const { workers, startMs } = this.#options
    const ages = [...this.#busy].map((user) => (Number.isNaN(user.iterationMs) ? 0 : nowMs - user.iterationMs))
    const meanAge = ages.reduce((sum, age) => sum + age, 0) / Math.max(1, ages.length)
    const rate =
      this.#load.model === 'trace'
        ? this.#load.arrivals / this.#load.durationSec
        : levelAt(this.#load.stages, Math.max(0, nowMs - startMs - 50) / 1000)
    return dropCause({
      atCap: this.alive >= this.#maxUsers,
      maxUsers: this.#maxUsers,
      ratePerSec: rate / workers,
      earlySec: this.#early.count > 0 ? this.#early.sumMs / this.#early.count / 1000 : null,
      // A user's age is on average half of what its iteration will take.
      recentSec: Math.max(Number.isNaN(this.#recentMs) ? 0 : this.#recentMs, 2 * meanAge) / 1000,
      waitingShare: meter.inFlight.value / Math.max(1, meter.users.value),
      loopBusy: this.#world.loopBusy(),
    })
  }

  abort(): void {
    this.#finished = true
    this.#task.dueMs = Infinity
    for (const user of [...this.#busy]) {
      user.abort()
      this.#busy.delete(user)
      this.alive--
      this.#world.meter.users.change(this.#world.clock.now(), -1)
    }
    this.#options.left()
  }
}

/** A cap split over the workers: never more in all, and at least one each. */
function shareOf(cap: number, worker: number, workers: number): number {
  return Math.max(1, Math.floor(cap / workers) + (worker < cap % workers ? 1 : 0))
}
