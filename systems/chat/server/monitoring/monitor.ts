import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Door, Monitor, Refusal } from '../protection/contract.ts'

/** What was counted since the start. */
export interface Totals {
  readonly requests: number
  /** Answered with a status of 500 and more. */
  readonly failedRequests: number
  readonly messagesIn: number
  readonly messagesOut: number
  readonly failedLogIns: number
}

const doors: readonly Door[] = ['ws', 'tcp', 'rest']
const counted = ['connected', 'disconnected', 'messagesIn', 'messagesOut'] as const

/** Half as much again each, from half a millisecond to ten seconds: a quantile is known to within its bucket, the mean exactly. */
const buckets = Array.from({ length: 26 }, (_, n) => Number((0.0005 * 1.5 ** n).toPrecision(3)))

/** Counts with plain numbers, so that a message to a thousand readers costs a thousand additions; the page is made when somebody asks for it. */
export class ChatMonitor implements Monitor {
  readonly #registry = new Registry()
  readonly #reads = new Map<string, () => number>()
  readonly #byDoor = Object.fromEntries(counted.map((name) => [name, { ws: 0, tcp: 0, rest: 0 }])) as Record<
    (typeof counted)[number],
    Record<Door, number>
  > // fromEntries forgets the keys
  readonly #refusals = new Map<Refusal, number>()
  readonly #requestSeconds: Histogram<'method' | 'route' | 'status'>
  readonly #commandSeconds: Histogram<'door' | 'type' | 'ok'>
  #requests = 0
  #failedRequests = 0
  #failedLogIns = 0

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requestSeconds = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from request to answer, by route and class of status.',
      labelNames: ['method', 'route', 'status'],
      buckets,
      registers,
    })
    this.#commandSeconds = new Histogram({
      name: 'chat_command_duration_seconds',
      help: 'Time from the arrival of a command to its answer.',
      labelNames: ['door', 'type', 'ok'],
      buckets,
      registers,
    })
    this.#counters()
  }

  get totals(): Totals {
    const sum = (of: Readonly<Record<Door, number>>): number => doors.reduce((total, door) => total + of[door], 0)
    return {
      requests: this.#requests,
      failedRequests: this.#failedRequests,
      messagesIn: sum(this.#byDoor.messagesIn),
      messagesOut: sum(this.#byDoor.messagesOut),
      failedLogIns: this.#failedLogIns,
    }
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  page(): Promise<string> {
    return this.#registry.metrics()
  }

  request({ method, route, status, ms }: Parameters<Monitor['request']>[0]): void {
    this.#requests += 1
    if (status >= 500) this.#failedRequests += 1
    this.#requestSeconds.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, ms / 1_000)
  }

  connected(door: Door): void {
    this.#byDoor.connected[door] += 1
  }

  disconnected(door: Door): void {
    this.#byDoor.disconnected[door] += 1
  }

  messageIn(door: Door): void {
    this.#byDoor.messagesIn[door] += 1
  }

  messageOut(door: Door): void {
    this.#byDoor.messagesOut[door] += 1
  }

  command({ door, type, isOk, ms }: Parameters<Monitor['command']>[0]): void {
    this.#commandSeconds.observe({ door, type, ok: String(isOk) }, ms / 1_000)
  }

  refused(why: Refusal): void {
    this.#refusals.set(why, (this.#refusals.get(why) ?? 0) + 1)
  }

  logInFailed(): void {
    this.#failedLogIns += 1
  }

  gauge(name: string, help: string, read: () => number): void {
    this.#reads.set(name, read)
    new Gauge({
      name: `chat_${name}`,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read())
      },
    })
  }

  /** Of a gauge; 0 when nobody registered it. */
  read(name: string): number {
    return this.#reads.get(name)?.() ?? 0
  }

  get gauges(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#reads].map(([name, read]) => [name, read()]))
  }

  #counters(): void {
    const { connected, disconnected, messagesIn, messagesOut } = this.#byDoor
    this.#counter('connections_opened', 'Connections opened.', 'door', () => Object.entries(connected))
    this.#counter('connections_closed', 'Connections that ended.', 'door', () => Object.entries(disconnected))
    this.#counter('messages_received', 'Commands that came in.', 'door', () => Object.entries(messagesIn))
    this.#counter('messages_sent', 'Answers and events handed to connections.', 'door', () => Object.entries(messagesOut))
    this.#counter('refused', 'Refused, and why.', 'reason', () => [...this.#refusals])
    this.#counter('log_ins_failed', 'Log-ins with a wrong name or password.', undefined, () => [['', this.#failedLogIns]])
  }

  #counter(name: string, help: string, label: string | undefined, read: () => readonly (readonly [string, number])[]): void {
    new Counter({
      name: `chat_${name}_total`,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.#registry],
      collect() {
        this.reset()
        for (const [value, count] of read()) this.inc(label === undefined ? {} : { [label]: value }, count)
      },
    })
  }
}

const nothing = (): void => undefined

/** To measure what counting costs. */
export const noMonitor: Monitor & Pick<ChatMonitor, 'totals' | 'gauges' | 'read' | 'logInFailed'> = {
  gauges: {},
  totals: { requests: 0, failedRequests: 0, messagesIn: 0, messagesOut: 0, failedLogIns: 0 },
  read: () => 0,
  request: nothing,
  connected: nothing,
  disconnected: nothing,
  messageIn: nothing,
  messageOut: nothing,
  command: nothing,
  refused: nothing,
  logInFailed: nothing,
  gauge: nothing,
}
