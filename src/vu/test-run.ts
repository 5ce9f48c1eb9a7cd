import { setMaxListeners } from 'node:events'
import type { ToolError } from '../base/errors.ts'
import { peakUsers, totalArrivals } from '../load/index.ts'
import type { Recorder } from '../metrics/index.ts'
import type { LoadAssignment, LoadSpec } from '../model/load-spec.ts'
import type { AuditWork } from '../model/audit-record.ts'
import type { PlanSpec, TestSpec } from '../model/plan-spec.ts'
import type { WorkerWindow } from '../model/sample.ts'
import type { PlanCode } from '../plan/index.ts'
import type { HttpWorker } from '../protocols/http1/index.ts'
import type { ProtocolWorker } from '../protocols/index.ts'
import type { SqlWorker } from '../protocols/sql/index.ts'
import type { TcpWorker } from '../protocols/tcp/index.ts'
import type { WsWorker } from '../protocols/ws/index.ts'
import { AuditDesk } from './audit/audit-desk.ts'
import { ClosedLoad } from './closed-load.ts'
import type { Examples } from './examples.ts'
import type { Feeds } from './feeds.ts'
import type { LoadMeter } from './load-meter.ts'
import type { LoadRunner, RunnerOptions } from './load-runner.ts'
import { OpenLoad } from './open-load.ts'
import type { Pump, TimedTask } from './pump.ts'
import type { RunClock } from './run-clock.ts'
import type { SelfWatch } from './self-watch.ts'
import type { Attribution, World } from './world.ts'

/** A generator that waits for a core more than this share of a second shares its cores; our own threshold, from runs beside a busy target. */
const scarceCores = 0.1
/** How long it then spins less. */
const sparingSec = 10

/** Of one worker and test; what a new one needs to be closed is that it is here. */
export interface Protocols {
  readonly http: HttpWorker
  readonly sql: SqlWorker
  readonly ws: WsWorker
  readonly tcp: TcpWorker
}

export interface TestRunOptions {
  readonly test: TestSpec
  readonly startSec: number
  readonly plan: PlanSpec
  readonly code: PlanCode
  readonly bundle: string
  readonly worker: number
  readonly workers: number
  readonly seed: number
  readonly shared: unknown
  readonly services: Readonly<Record<string, { readonly url: string }>>
  readonly clock: RunClock
  readonly pump: Pump
  readonly recorder: Recorder
  readonly meter: LoadMeter
  readonly watch: SelfWatch
  readonly examples: Examples
  readonly attribution: Attribution
  readonly protocols: Protocols
  readonly feeds: Feeds
  /** Ids up to here belong to the users of earlier tests. */
  readonly firstId: number
  /** Times of a trace file, in seconds. */
  readonly traceTimes: (path: string) => readonly number[]
  readonly window: (window: WorkerWindow) => void
  readonly audit: (work: AuditWork, atSec: number) => void
  readonly fatal: (error: ToolError) => void
  readonly done: () => void
}

/**
 * One test in one worker.
 *
 * | state    | load's time is over, `stop` | `stop` at once, limit reached | last user left, nothing to come |
 * |----------|-----------------------------|-------------------------------|---------------------------------|
 * | running  | draining (or done)          | done                          | done (only `iterations`)        |
 * | draining | –                           | done                          | done                            |
 * | done     | –                           | –                             | –                               |
 */
export class TestRun {
  readonly #options: TestRunOptions
  readonly #loads: readonly LoadRunner[]
  readonly #tasks: readonly TimedTask[]
  readonly #signal = new AbortController()
  readonly #audit: AuditDesk
  readonly #startMs: number
  readonly #limit: { precise: boolean; dueMs: number; run(): void }
  #state: 'running' | 'draining' | 'done' = 'running'
  #second = 0
  #loopBusy = 0
  #sparingUntilSec = 0

  constructor(options: TestRunOptions) {
    this.#options = options
    const { test, clock, pump } = options
    this.#startMs = clock.fromRunSec(options.startSec)
    this.#audit = new AuditDesk({ nowSec: () => clock.toRunSec(clock.now()), workers: options.workers })
    // One signal for all users: a thousand of them waiting on it is no leak.
    setMaxListeners(0, this.#signal.signal)
    const world = this.#world()
    const base = {
      startMs: this.#startMs,
      worker: options.worker,
      workers: options.workers,
      left: () => this.#checkDone(),
      wake: () => pump.wake(),
    }
    this.#loads = createLoads(world, options, base)
    this.#limit = { precise: false, dueMs: Infinity, run: () => this.#abort() }
    const endMs = this.#startMs + test.durationSec * 1000
    const end = { precise: false, dueMs: endMs, run: () => ((end.dueMs = Infinity), this.finish()) }
    const tick = { precise: false, dueMs: this.#startMs + 1000, run: (nowMs: number) => (tick.dueMs = this.#tick(nowMs)) }
    // In this order when several are due: what should have started starts, then the load ends, then its last second is one window.
    this.#tasks = [...this.#loads.flatMap((load) => load.tasks), end, this.#limit, tick]
    for (const task of this.#tasks) pump.add(task)
  }

  #world(): World {
    const {
      worker,
      seed,
      shared,
      services,
      clock,
      recorder,
      meter,
      code,
      bundle,
      feeds,
      attribution,
      protocols,
      examples,
      fatal,
    } = this.#options
    return {
      worker,
      seed,
      shared,
      services,
      clock,
      recorder,
      meter,
      audit: this.#audit,
      code,
      bundle,
      feeds,
      attribution,
      signal: this.#signal.signal,
      openHttp: (pooled) => protocols.http.user({ shared: pooled }),
      openSql: (owner) => protocols.sql.user(owner),
      openWs: (owner) => protocols.ws.user(owner),
      openTcp: (owner) => protocols.tcp.user(owner),
      example: (failure, name, message, user) => {
        if (!examples.wants(failure, name)) return
        const text = typeof message === 'string' ? message : message()
        examples.add({
          failure,
          name,
          message: text,
          user: user.id,
          iteration: user.iteration,
          atSec: clock.toRunSec(clock.now()),
        })
      },
      loopBusy: () => this.#loopBusy,
      fatal,
    }
  }

  /** Ends the load: no new iterations, and those that run get the graceful stop. */
  finish(): void {
    if (this.#state !== 'running') return
    const { clock, pump, test } = this.#options
    const nowMs = clock.now()
    this.#state = 'draining'
    this.#limit.dueMs = nowMs + test.gracefulStopSec * 1000
    this.#signal.abort()
    for (const load of this.#loads) load.finish(nowMs)
    pump.wake()
    this.#checkDone()
  }

  /** Ends the load, and everything that runs, now. */
  stop({ graceful }: { graceful: boolean }): void {
    if (this.#state === 'done') return
    this.finish()
    if (!graceful) this.#abort()
  }

  #abort(): void {
    this.#limit.dueMs = Infinity
    if (this.#state === 'running') this.finish()
    for (const load of this.#loads) load.abort()
    closeProtocols(this.#options.protocols)
    this.#end()
  }

  #checkDone(): void {
    if (this.#state === 'draining' && this.#loads.every((load) => load.alive === 0)) this.#end()
    else if (this.#state === 'running' && this.#loads.length > 0 && this.#loads.every((load) => load.exhausted)) this.#exhausted()
  }

  /** Only a load of iterations is over before its time: open loads keep their length, so that what follows the last arrival is seen. */
  #exhausted(): void {
    if (this.#options.test.loads.every(({ load }) => load.model === 'iterations')) this.finish()
  }

  #end(): void {
    // Reached again from within, as the last user leaves.
    if ((this.#state as string) === 'done') return
    this.#state = 'done'
    const { pump, clock, done } = this.#options
    for (const task of this.#tasks) pump.remove(task)
    this.#cut(clock.now())
    done()
  }

  #tick(nowMs: number): number {
    this.#cut(nowMs)
    this.#second = Math.max(this.#second + 1, Math.floor((nowMs - this.#startMs) / 1000))
    return this.#startMs + (this.#second + 1) * 1000
  }

  #cut(nowMs: number): void {
    const { meter, recorder, examples, watch, pump, test, worker, startSec } = this.#options
    for (const load of this.#loads) load.settle(nowMs)
    const self = watch.cut(nowMs, pump.spunMs)
    this.#loopBusy = self.loopBusy
    // Sticky, because sparing cures what it reacts to.
    if ((self.runQueueWait ?? 0) > scarceCores) this.#sparingUntilSec = this.#second + sparingSec
    pump.sparing = this.#second < this.#sparingUntilSec
    const load = meter.cut(nowMs)
    const work = this.#audit.cut()
    if (work !== undefined) this.#options.audit(work, startSec + this.#second)
    const series = recorder.take()
    const isEmpty = series.length === 0 && load.planned === 0 && load.requestsStarted === 0
    // A sliver after the last full second in which nothing happened.
    if (isEmpty && load.lengthSec < 0.001) return
    this.#options.window({
      worker,
      test: test.name,
      t: startSec + this.#second,
      series,
      generator: { kind: 'generator', worker, ...load, ...self, clockBackwards: pump.takeBackwards() },
      examples: examples.take(),
    })
  }
}

/** Closes every socket of a test. */
export function closeProtocols(protocols: Protocols): void {
  for (const protocol of Object.values<ProtocolWorker>({ ...protocols })) protocol.closeAll()
}

function createLoads(world: World, options: TestRunOptions, base: Omit<RunnerOptions, 'firstId'>): LoadRunner[] {
  const { test, plan, seed, traceTimes } = options
  const openLoads = test.loads.filter(({ load }) => load.model === 'open' || load.model === 'trace').length
  let firstId = options.firstId
  const afterClosed = firstId + test.loads.reduce((sum, { load }) => sum + closedUsers(load), 0)
  let open = 0
  return test.loads.flatMap(({ load, mix }): LoadRunner[] => {
    const { connections } = plan.http
    switch (load.model) {
      case 'closed':
      case 'iterations': {
        const runner = new ClosedLoad(world, load, { ...base, mix, firstId, shared: connections === 'shared' })
        firstId += closedUsers(load)
        return [runner]
      }
      case 'open':
      case 'trace': {
        const traceTimesSec = load.model === 'trace' ? traceTimes(load.path) : []
        const mine = { firstId: afterClosed + open, idStride: openLoads, seed: seed + 7919 * open }
        open++
        return [new OpenLoad(world, load, { ...base, ...mine, mix, shared: connections !== 'per-user', traceTimesSec })]
      }
      case 'watch':
        return []
    }
  })
}

function closedUsers(load: LoadSpec): number {
  if (load.model === 'iterations') return load.users
  return load.model === 'closed' ? peakUsers(load.stages) : 0
}

/** A bound on the ids that a test's users take, the same in every worker: six standard deviations above a Poisson load's mean. */
export function idsOf(loads: readonly LoadAssignment[]): number {
  const arrivals = loads.map(({ load }) =>
    load.model === 'trace' ? load.arrivals : load.model === 'open' ? totalArrivals(load.stages) : 0,
  )
  const most = Math.max(0, ...arrivals)
  return (
    loads.reduce((sum, { load }) => sum + closedUsers(load), 0) +
    arrivals.filter((n) => n > 0).length * Math.ceil(most + 6 * Math.sqrt(most) + 10)
  )
}
