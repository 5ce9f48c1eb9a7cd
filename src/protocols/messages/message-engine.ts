import type { HttpSpec } from '../../model/plan-spec.ts'
import { BoundedCache } from '../bounded-cache.ts'
import { Deadlines } from '../deadlines.ts'
import type { HostRule } from '../host-rule.ts'
import type { ExchangeObserver, ExchangeSample } from '../protocol.ts'
import { emptySample } from '../protocol.ts'
import type { Channel } from './channel.ts'
import type { WaitRules } from './wait-rules.ts'
import { limit } from './wait-rules.ts'

export interface MessageWorkerOptions {
  /** Time-outs, TLS and source addresses are those of HTTP. */
  readonly spec: HttpSpec
  /** The target, e.g. `http://127.0.0.1:8080`. */
  readonly baseUrl?: string | undefined
  readonly hosts: HostRule
  readonly observer: ExchangeObserver
  readonly clock: MessageClock
  /** Number of this worker, for the names of senders. */
  readonly worker: number
  /** By origin of HTTP (`http://127.0.0.1:8080`): where its sockets connect to instead. */
  readonly routes?: Readonly<Record<string, { readonly host: string; readonly port: number }>>
}

/** One clock for all workers: a stamp that one of them writes is read by another. */
export interface MessageClock {
  /** Milliseconds on the worker's clock. */
  readonly now: () => number
  readonly toRunSec: (ms: number) => number
  readonly fromRunSec: (sec: number) => number
}

/** What all users and connections of one protocol in one worker share. */
export interface MessageEngine extends Required<Omit<MessageWorkerOptions, 'baseUrl' | 'worker'>> {
  readonly protocol: 'ws' | 'tcp'
  readonly base: URL | undefined
  readonly now: () => number
  readonly deadlines: Deadlines
  /** Reused for every report. */
  readonly sample: ExchangeSample
  /** All that are open or being opened. */
  readonly channels: Set<Channel>
  /** Of waits without options. */
  readonly usualWait: WaitRules
  readonly counters: { readonly sent: string; readonly received: string }
  /** `ws join`, of a `join`. */
  nameOf(kind: string): string
  /** A name for who sends stamped messages, unique in the run. */
  nextSender(): string
  /** Source address of the next socket; undefined: the kernel's choice. */
  nextLocalAddress(): string | undefined
}

const knownNames = 1000

export function createMessageEngine(protocol: 'ws' | 'tcp', options: MessageWorkerOptions): MessageEngine {
  const { spec, baseUrl, clock, worker, routes = {} } = options
  const { now } = clock
  const addresses = spec.localAddresses
  let nextAddress = worker
  let senders = 0
  const names = new BoundedCache<string>(knownNames)
  // A server may show in one test what was said in an earlier one: the time tells their senders apart.
  const prefix = `${protocol}${worker.toString(36)}.${Math.round(clock.toRunSec(now()) * 1000).toString(36)}`
  return {
    ...options,
    protocol,
    routes,
    base: baseUrl === undefined ? undefined : new URL(baseUrl),
    now,
    deadlines: new Deadlines(now),
    sample: emptySample(),
    channels: new Set(),
    usualWait: { name: undefined, timeoutMs: limit(spec.timeoutMs), expect: undefined },
    counters: { sent: `${protocol}.sent`, received: `${protocol}.received` },
    nameOf(kind) {
      let name = names.get(kind)
      if (name === undefined) {
        name = `${protocol} ${kind}`
        names.set(kind, name)
      }
      return name
    },
    nextSender: () => `${prefix}.${(senders++).toString(36)}`,
    nextLocalAddress: () => (addresses.length === 0 ? undefined : addresses[nextAddress++ % addresses.length]),
  }
}

/** Closes every socket at once. */
export function closeEngine(engine: MessageEngine): void {
  for (const channel of [...engine.channels]) channel.abort()
  // Of connections that are gone already.
  engine.deadlines.abortAll()
  engine.deadlines.stop()
}
