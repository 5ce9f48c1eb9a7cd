import { messageOf, ToolError } from '../base/errors.ts'
import { seededRandom } from '../base/random.ts'
import type { Random } from '../base/random.ts'
import type { FailureKind } from '../model/sample.ts'
import type { MetricContext, MetricHandle } from '../model/scenario-context.ts'
import { placeInPlan } from '../plan/index.ts'
import type { ScenarioCode } from '../plan/index.ts'
import type { HttpUser } from '../protocols/http1/index.ts'
import type { ProtocolOwner, ProtocolUser } from '../protocols/index.ts'
import { addToMetric, Context } from './context.ts'
import type { HeldRow } from './feeds.ts'
import { ownerOf } from './protocol-owner.ts'
import { UserGone } from './user-gone.ts'
import { UserHttp } from './user-http.ts'
import type { World } from './world.ts'

interface Sleeper {
  timer: NodeJS.Timeout
  wake(): void
  abort(): void
}

/** One user: runs its scenario's functions and keeps account of it. How often and when is up to the load that owns it. */
export class VirtualUser implements MetricContext {
  readonly world: World
  readonly scenario: string
  readonly #code: ScenarioCode
  id = 0
  iteration = 0
  state: unknown
  /** Failed requests and checks and exceptions, ever. */
  failures = 0
  paceMs = 0
  /** Taken away in the middle: nothing of it counts any more. */
  gone = false
  /** Start of the running iteration; NaN: none. */
  iterationMs = NaN
  /** Its `start` runs. */
  starting = false
  readonly http: HttpUser
  readonly #context: Context
  /** What it has of each protocol that it has used. */
  readonly #protocols: ProtocolUser[]
  /** When the first exchange of this iteration should have started; NaN: it has begun, or nothing says so. */
  #dueMs = NaN
  #cutOff = false
  #intendedMs = 0
  #random: Random | undefined
  #rows: HeldRow[] | undefined
  #sleepers: Set<Sleeper> | undefined
  /** The one of them that waits for the next iteration, or to `start` again. */
  #resting: Sleeper | undefined

  constructor(world: World, scenario: string, { shared }: { shared: boolean }) {
    this.world = world
    this.scenario = scenario
    const code = world.code.scenarios[scenario]
    if (!code) throw new ToolError('INTERNAL', `the plan's code has no scenario '${scenario}'`)
    this.#code = code
    this.http = world.openHttp(shared)
    this.#protocols = [this.http]
    this.#context = new Context(this, new UserHttp(this, this.http))
  }

  /** Becomes another user: nothing of the one before remains. */
  become(id: number): void {
    this.id = id
    this.iteration = 0
    this.state = undefined
    this.paceMs = 0
    this.#random = undefined
  }

  get random(): Random {
    return (this.#random ??= seededRandom(this.world.seed, this.id))
  }

  /** Runs `start`; false: it threw, and there is no state to go on with. */
  async start(): Promise<boolean> {
    if (!this.#code.start) return true
    this.world.attribution.user = this
    this.starting = true
    try {
      this.state = await this.#code.start(this.#context)
      return true
    } catch (error) {
      this.threw(error, 'start')
      return false
    } finally {
      this.starting = false
    }
  }

  /** Runs `stop`, whatever happened before. */
  async stop(): Promise<void> {
    if (!this.#code.stop || this.gone) return
    this.world.attribution.user = this
    try {
      await this.#code.stop(this.#context)
    } catch (error) {
      this.threw(error, 'stop')
    }
  }

  /** Begins to count an iteration that was due at `intendedMs`. */
  begin(intendedMs: number, { arrival, capped }: { arrival: boolean; capped: boolean }): void {
    const now = this.world.clock.now()
    this.#intendedMs = Math.min(intendedMs, now)
    this.iterationMs = now
    this.paceMs = 0
    this.#cutOff = false
    if (arrival) {
      this.http.intend(this.#intendedMs)
      this.#dueMs = this.#intendedMs
    }
    this.world.meter.iterationStarted(now, now - this.#intendedMs, arrival, capped)
  }

  /** Begins to use a protocol; it is closed with the user. */
  open<P extends ProtocolUser>(begin: (world: World, owner: ProtocolOwner) => P): P {
    const opened = begin(this.world, ownerOf(this))
    this.#protocols.push(opened)
    return opened
  }

  /** When an exchange that begins now should have started: only the first one of an arrival was due. // hot */
  takeDue(): number {
    const dueMs = this.#dueMs
    if (!Number.isNaN(dueMs)) {
      this.#dueMs = NaN
      this.http.intend(NaN)
    }
    return dueMs
  }

  /** The first exchange is one of HTTP, which knows when it was due. // hot */
  httpBegins(): void {
    this.#dueMs = NaN
  }

  /** Runs one iteration's code. Whoever awaits it takes what it throws to {@link threw}. // hot */
  run(): unknown {
    this.world.attribution.user = this
    return this.#code.run(this.#context)
  }

  /** Ends the count of an iteration and returns the time; `failuresBefore`: {@link failures} at its begin. */
  end(failuresBefore: number): number {
    const now = this.#close(this.failures > failuresBefore ? 'failed' : this.#cutOff ? 'interrupted' : 'ok')
    this.iteration++
    if (this.#protocols.length > 1) for (const protocol of this.#protocols) protocol.endIteration?.()
    return now
  }

  #close(outcome: 'ok' | 'failed' | 'interrupted'): number {
    const { world } = this
    const now = world.clock.now()
    world.meter.iterations.change(now, -1)
    world.recorder.iteration(this.scenario, now - this.#intendedMs, this.iterationMs - this.#intendedMs, outcome)
    this.iterationMs = NaN
    return now
  }

  /** The user leaves: gives back what it holds. */
  leave(): void {
    for (const protocol of this.#protocols) protocol.close()
    if (this.#rows) {
      for (const row of this.#rows) this.world.feeds.giveBack(row)
      this.#rows = undefined
    }
  }

  /** Takes the user away now: its requests are aborted, a running iteration counts as interrupted. */
  abort(): void {
    if (this.gone) return
    for (const protocol of this.#protocols) protocol.abort()
    if (!Number.isNaN(this.iterationMs)) this.#close('interrupted')
    this.gone = true
    for (const protocol of this.#protocols) protocol.close()
    for (const sleeper of [...(this.#sleepers ?? [])]) sleeper.abort()
  }

  /**
   * Waits as a person does: the end of the load does not shorten it. To wake all who think at that moment would let them go on all at once, with a
   * burst of requests that no load asked for.
   */
  think(ms: number): Promise<void> {
    const { clock, meter } = this.world
    const beginMs = clock.now()
    return this.#sleep(ms).then(() => {
      meter.thinkMs += clock.now() - beginMs
      this.world.attribution.user = this
    })
  }

  /** Waits between two iterations, or until somebody says that there is no next one. */
  rest(dueMs: number): Promise<void> {
    // Woken up to a millisecond early, it goes on early: better than being late by as much.
    return this.#sleep(dueMs - this.world.clock.now() - 1, (sleeper) => (this.#resting = sleeper))
  }

  /** There is no next iteration: nobody waits for it. Whoever is in the middle of one ends it as ever. */
  endRest(): void {
    this.#resting?.wake()
  }

  #sleep(ms: number, begun?: (sleeper: Sleeper) => void): Promise<void> {
    if (this.gone) return Promise.reject(new UserGone())
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => (): void => {
        clearTimeout(sleeper.timer)
        this.#sleepers?.delete(sleeper)
        if (this.#resting === sleeper) this.#resting = undefined
        finish()
      }
      const sleeper: Sleeper = {
        timer: setTimeout(() => sleeper.wake(), ms),
        wake: end(resolve),
        abort: end(() => reject(new UserGone())),
      }
      this.#sleepers ??= new Set()
      this.#sleepers.add(sleeper)
      begun?.(sleeper)
    })
  }

  row(feed: number): unknown {
    const { feeds } = this.world
    if (!feeds.isUnique(feed)) return feeds.next(feed)
    let held = this.#rows?.find((row) => row.feed === feed)
    if (!held) {
      held = feeds.take(feed)
      this.#rows ??= []
      this.#rows.push(held)
    }
    return held.row
  }

  add(metric: MetricHandle, value: number): void {
    addToMetric(this, metric, value)
  }

  /** Whether this is the scenario's own `signal` coming back, aborted at the end of the load: no failure of what was called. */
  isCutOff(error: unknown): boolean {
    const { signal } = this.world
    if (!signal.aborted) return false
    if (error === signal.reason) return true
    return error instanceof Error && (error.name === 'AbortError' || error.cause === signal.reason)
  }

  failed(failure: FailureKind, name: string, message: string | (() => string)): void {
    this.failures++
    this.world.example(failure, name, message, this)
  }

  /** One of its functions threw. */
  threw(error: unknown, where: 'start' | 'run' | 'stop'): void {
    if (this.gone || error instanceof UserGone) return
    if (this.isCutOff(error)) this.#cutOff = true
    else if (error instanceof ToolError) this.world.fatal(error)
    else {
      this.world.recorder.exception(this.scenario)
      // Looked for only when the example is kept: a stack trace is mapped to the plan's lines when it is read.
      const message = (): string => {
        const place = placeInPlan(error, this.world.bundle)
        return place === undefined ? messageOf(error) : `${messageOf(error)} (${place})`
      }
      this.failed('exception', where === 'run' ? this.scenario : `${this.scenario} (${where})`, message)
    }
  }
}
