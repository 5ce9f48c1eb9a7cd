import { parseDuration } from '../base/duration.ts'
import { ToolError } from '../base/errors.ts'
import type { AuditContext } from '../model/audit-context.ts'
import type { HttpContext } from '../model/http-context.ts'
import type { TcpContext, WebSocketContext } from '../model/message-context.ts'
import type { MetricContext, MetricHandle, ScenarioContext } from '../model/scenario-context.ts'
import type { SqlContext } from '../model/sql-context.ts'
import { UserAudit } from './audit/user-audit.ts'
import type { VirtualUser } from './virtual-user.ts'

const parsed = new Map<string, number>()

/** Scenarios write the same few durations over and over. */
function milliseconds(duration: string | number): number {
  if (typeof duration === 'number') return parseDuration(duration)
  const known = parsed.get(duration)
  if (known !== undefined) return known
  const ms = parseDuration(duration)
  if (parsed.size < 10_000) parsed.set(duration, ms)
  return ms
}

/** What a user's functions are called with: bound, so that they can be taken out of it, and made once a user. */
export class Context implements ScenarioContext {
  readonly #user: VirtualUser
  #audit: UserAudit | undefined
  #sql: SqlContext | undefined
  #ws: WebSocketContext | undefined
  #tcp: TcpContext | undefined
  readonly http: HttpContext
  readonly vu: UserView

  constructor(user: VirtualUser, http: HttpContext) {
    this.#user = user
    this.http = http
    this.vu = new UserView(user)
  }

  get signal(): AbortSignal {
    return this.#user.world.signal
  }

  // hot
  readonly check = (name: string, holds: boolean): boolean => {
    const user = this.#user
    // A scenario without types may pass anything: what is truthy holds.
    const passed = holds ? true : false
    if (user.gone) return passed
    user.world.recorder.check(name, passed)
    if (!passed) user.failed('assertion', name, 'the condition did not hold')
    return passed
  }

  readonly think = (duration: string | number, upTo?: string | number): Promise<void> => {
    const least = milliseconds(duration)
    const ms = upTo === undefined ? least : least + (milliseconds(upTo) - least) * this.#user.random.next()
    return this.#user.think(ms)
  }

  readonly pace = (duration: string | number): void => {
    this.#user.paceMs = milliseconds(duration)
  }

  readonly step = async <T>(name: string, body: () => T | Promise<T>): Promise<T> => {
    const user = this.#user
    const { clock, recorder } = user.world
    const failuresBefore = user.failures
    const startMs = clock.now()
    try {
      const value = await body()
      if (!user.gone) recorder.step(name, clock.now() - startMs, user.failures > failuresBefore)
      return value
    } catch (error) {
      // What our own end of the load cut off has neither a time nor an outcome.
      if (!user.gone && !user.isCutOff(error)) recorder.step(name, clock.now() - startMs, true)
      throw error
    }
  }

  get metric(): MetricContext {
    return this.#user
  }

  /** Made when it is first asked for, as is everything below it. */
  get sql(): SqlContext {
    return (this.#sql ??= this.#user.open((world, owner) => world.openSql(owner)))
  }

  get ws(): WebSocketContext {
    return (this.#ws ??= this.#user.open((world, owner) => world.openWs(owner)).context)
  }

  get tcp(): TcpContext {
    return (this.#tcp ??= this.#user.open((world, owner) => world.openTcp(owner)).context)
  }

  /** Made when it is first asked for: most scenarios keep none. */
  get audit(): AuditContext {
    return (this.#audit ??= new UserAudit(this.#user.world.audit, () => this.#user.gone))
  }
}

/** The user as its own code sees it. */
class UserView {
  readonly #user: VirtualUser

  constructor(user: VirtualUser) {
    this.#user = user
  }

  get id(): number {
    return this.#user.id
  }
  get iteration(): number {
    return this.#user.iteration
  }
  get scenario(): string {
    return this.#user.scenario
  }
  get worker(): number {
    return this.#user.world.worker
  }
  get state(): unknown {
    return this.#user.state
  }
  get shared(): unknown {
    return this.#user.world.shared
  }
  get services(): Readonly<Record<string, { readonly url: string }>> {
    return this.#user.world.services
  }

  /** The caller says what its rows look like; a feed does not know. */
  row<Row>(feed: { readonly feed: number; readonly row?: Row }): Row {
    return this.#user.row(feed.feed) as Row
  }

  random(): number {
    return this.#user.random.next()
  }
}

/** Adds a value to a declared metric. */
export function addToMetric(user: VirtualUser, handle: MetricHandle, value: number): void {
  const { recorder } = user.world
  if (user.gone) return
  switch (handle.kind) {
    case 'trend':
      return recorder.trend(handle.metric, value)
    case 'counter':
      return recorder.counter(handle.metric, value)
    case 'gauge':
      return recorder.gauge(handle.metric, value)
    default:
      handle.kind satisfies never
      throw new ToolError(
        'PLAN_INVALID',
        'Expected metric.add(…) to be given a metric that the plan declares, such as metric.trend(…)',
      )
  }
}
