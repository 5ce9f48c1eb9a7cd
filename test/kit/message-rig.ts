import type { HttpSpec } from '../../src/model/plan-spec.ts'
import type { ExchangeSample, ProtocolOwner } from '../../src/protocols/index.ts'
import { createHostRule } from '../../src/protocols/index.ts'
import type { MessageWorkerOptions } from '../../src/protocols/messages/index.ts'

export const messageSpec: HttpSpec = {
  connectTimeoutMs: 5000,
  firstByteTimeoutMs: 5000,
  timeoutMs: 10_000,
  headers: {},
  maxRedirects: 5,
  connections: 'per-user',
  maxConnectionsPerUser: 6,
  maxConnections: 100,
  keepAlive: true,
  maxHeaderBytes: 16_384,
  maxBodyBytes: 50_000_000,
  keptBodyBytes: 10_000_000,
  localAddresses: [],
  tls: { rejectUnauthorized: true },
}

/** A user whose fate a test decides. */
export interface StubOwner extends ProtocolOwner {
  gone: boolean
  starting: boolean
  dueMs: number
  readonly thrown: unknown[]
  readonly resumed: boolean[]
}

export function stubOwner(): StubOwner {
  const owner: StubOwner = {
    gone: false,
    starting: false,
    dueMs: NaN,
    thrown: [],
    resumed: [],
    goneError: () => new Error('gone'),
    resumes: (ok) => void owner.resumed.push(ok),
    threw: (error) => void owner.thrown.push(error),
    takeDue: () => {
      const { dueMs } = owner
      owner.dueMs = NaN
      return dueMs
    },
  }
  return owner
}

export interface MessageRig {
  readonly options: MessageWorkerOptions
  readonly samples: ExchangeSample[]
  readonly counters: Map<string, number>
  readonly trends: Map<string, number[]>
  /** Begun and not ended. */
  readonly inFlight: () => number
  readonly named: (name: string) => readonly ExchangeSample[]
}

/** What a worker of `ws` or `tcp` needs, with everything that it reports kept. */
export function messageRig(
  port: number,
  change: Partial<MessageWorkerOptions> & { readonly allowed?: readonly string[] } = {},
): MessageRig {
  const { allowed = [`127.0.0.1:${port}`], ...more } = change
  const samples: ExchangeSample[] = []
  const counters = new Map<string, number>()
  const trends = new Map<string, number[]>()
  const zeroMs = performance.now() - 5000
  let started = 0
  return {
    samples,
    counters,
    trends,
    inFlight: () => started - samples.length,
    named: (name) => samples.filter((sample) => sample.name === name),
    options: {
      spec: messageSpec,
      baseUrl: `http://127.0.0.1:${port}`,
      hosts: createHostRule({ allowed }),
      clock: { now: () => performance.now(), toRunSec: (ms) => (ms - zeroMs) / 1000, fromRunSec: (sec) => zeroMs + sec * 1000 },
      worker: 0,
      observer: {
        started: () => {
          started++
        },
        heard: () => undefined,
        ended: (sample) => void samples.push({ ...sample }),
        waiting: () => undefined,
        count: (name, value) => void counters.set(name, (counters.get(name) ?? 0) + value),
        measure: (name, value) => void trends.set(name, [...(trends.get(name) ?? []), value]),
      },
      ...more,
    },
  }
}
