import type { HttpSpec } from '../../model/plan-spec.ts'
import type { ExchangeObserver } from '../protocol.ts'
import { emptySample } from '../protocol.ts'
import { Deadlines } from '../deadlines.ts'
import type { Engine } from './engine.ts'
import type { HostRule } from '../host-rule.ts'
import { HttpUser } from './http-user.ts'
import { Pool } from './pool.ts'
import { defaultRules } from './request-rules.ts'
import type { Origin, RouteAddress } from './target.ts'
import { RequestBook } from './target.ts'

export interface HttpWorkerOptions {
  readonly spec: HttpSpec
  /** Base of relative URLs, e.g. `http://127.0.0.1:8080`. */
  readonly baseUrl?: string | undefined
  readonly hosts: HostRule
  readonly observer: ExchangeObserver
  /** Milliseconds on the worker's clock. */
  readonly now: () => number
  /** Where in `spec.localAddresses` this worker begins. */
  readonly localAddressOffset: number
  /** By origin (`http://127.0.0.1:8080`): where its sockets connect to instead. */
  readonly routes?: Readonly<Record<string, RouteAddress>>
}

/** The HTTP of one worker thread. */
export interface HttpWorker {
  /** `shared`: the user's requests go over the worker's keep-alive pool instead of sockets of its own. */
  user(options: { readonly shared: boolean }): HttpUser
  /** Closes every socket; what is in flight fails as `aborted`. */
  closeAll(): void
  readonly openSockets: number
}

const readBufferBytes = 65_536

export function createHttpWorker(options: HttpWorkerOptions): HttpWorker {
  const { spec, baseUrl, hosts, observer, now, localAddressOffset, routes = {} } = options
  const addresses = spec.localAddresses
  let nextAddress = localAddressOffset
  const engine: Engine = {
    spec,
    observer,
    now,
    deadlines: new Deadlines(now),
    book: new RequestBook(spec, baseUrl, { hosts, routes }),
    readBuffer: Buffer.allocUnsafeSlow(readBufferBytes),
    sample: emptySample(),
    nextLocalAddress: () => (addresses.length === 0 ? undefined : addresses[nextAddress++ % addresses.length]),
    connections: new Set(),
  }
  const pools = new Map<Origin, Pool>()
  const rules = defaultRules(spec)
  const shared = {
    poolFor(origin: Origin): Pool {
      let pool = pools.get(origin)
      if (pool === undefined) {
        pool = new Pool(engine, origin, spec.maxConnections)
        pools.set(origin, pool)
      }
      return pool
    },
  }
  return {
    user: (kind) => new HttpUser(engine, rules, kind.shared ? shared : undefined, baseUrl),
    closeAll() {
      engine.deadlines.abortAll()
      for (const connection of [...engine.connections]) connection.abandon()
      engine.deadlines.stop()
    },
    get openSockets() {
      return engine.connections.size
    },
  }
}
