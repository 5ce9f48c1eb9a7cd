import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ThreadCalls } from '../../base/thread-calls.ts'
import type { LinkSpec } from '../../model/link-fault.ts'
import type { FaultLink } from '../places.ts'
import type { TimedLinkWindow } from './links.ts'
import type { ProxyInit, Request } from './proxy-messages.ts'

/** The proxy of a run, in a thread of its own. */
export interface Proxy {
  /** Begins to listen for a link. @throws when one of this name is open */
  open(spec: LinkSpec): Promise<FaultLink>
  /** Ends the link: connections that go through it are reset. */
  shut(name: string): Promise<void>
  close(): Promise<void>
}

export interface ProxyOptions {
  /** `process.hrtime.bigint()` at second 0 of the run, as text. */
  readonly runStartNs: string
  /** Told of every tenth of a second in which something crossed. */
  readonly onWindows: (windows: readonly TimedLinkWindow[]) => void
  /** The thread has ended that nobody told to: no link is there any more. */
  readonly onDeath: (error: Error) => void
}

/** Always the built file: a worker thread cannot start from TypeScript. */
const entry = new URL('./proxy-thread.js', import.meta.url)
/** What crosses the proxy lives for milliseconds. */
const resourceLimits = { maxYoungGenerationSizeMb: 16 }

export async function startProxy({ runStartNs, onWindows, onDeath }: ProxyOptions): Promise<Proxy> {
  const thread = new Worker(entry, { workerData: { runStartNs } satisfies ProxyInit, resourceLimits })
  const calls = new ThreadCalls<Request, unknown, readonly TimedLinkWindow[]>(thread, {
    name: "the proxy's thread",
    onNews: onWindows,
    onDeath,
  })
  const ask = (request: Request): Promise<unknown> => calls.ask(request)
  await once(thread, 'online')

  return {
    async open(spec) {
      const address = (await ask({ type: 'open', spec })) as FaultLink['address'] // what answer-request.ts gives
      return remoteLink(spec.name, address, ask)
    },
    async shut(link) {
      await ask({ type: 'shut', link })
    },
    close: () => calls.close({ type: 'close' }),
  }
}

function remoteLink(name: string, address: FaultLink['address'], ask: (request: Request) => Promise<unknown>): FaultLink {
  return {
    name,
    address,
    async add(toxic) {
      await ask({ type: 'add', link: name, toxic })
    },
    async remove(id) {
      await ask({ type: 'remove', link: name, id })
    },
    look: () => ask({ type: 'look', link: name }) as ReturnType<FaultLink['look']>, // what answer-request.ts gives
  }
}
