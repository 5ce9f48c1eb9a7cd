import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { LinkSpec } from '../../model/link-fault.ts'
import type { FaultLink } from '../places.ts'
import type { TimedLinkWindow } from './links.ts'
import type { FromProxy, ProxyInit, Request, ToProxy } from './proxy-messages.ts'

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
const closeMs = 2000

export async function startProxy({ runStartNs, onWindows, onDeath }: ProxyOptions): Promise<Proxy> {
  const thread = new Worker(entry, { workerData: { runStartNs } satisfies ProxyInit, resourceLimits })
  const waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>()
  let calls = 0
  let death: Error | undefined
  let isClosing = false

  const die = (error: Error): void => {
    if (death !== undefined) return
    death = error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
    if (!isClosing) onDeath(error)
  }
  thread.on('error', (error) => die(error instanceof Error ? error : new Error(String(error))))
  thread.on('exit', (status) => die(new Error(`the proxy's thread ended with status ${status}`)))
  thread.on('message', (message: FromProxy) => {
    if (message.type === 'windows') {
      onWindows(message.windows)
      return
    }
    const { resolve, reject } = waiting.get(message.call) ?? {}
    waiting.delete(message.call)
    if (message.type === 'done') resolve?.(message.value)
    else reject?.(new Error(message.text))
  })

  const ask = (request: Request): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (death !== undefined) {
        reject(death)
        return
      }
      const call = calls++
      waiting.set(call, { resolve, reject })
      thread.postMessage({ call, ...request } satisfies ToProxy)
    })
  await once(thread, 'online')

  return {
    async open(spec) {
      const address = (await ask({ type: 'open', spec })) as FaultLink['address'] // what answer-request.ts gives
      return remoteLink(spec.name, address, ask)
    },
    async shut(link) {
      await ask({ type: 'shut', link })
    },
    async close() {
      if (isClosing || death !== undefined) return
      isClosing = true
      const exited = once(thread, 'exit')
      await Promise.race([ask({ type: 'close' }).catch(() => undefined), sleep(closeMs, undefined, { ref: false })])
      void thread.terminate()
      await exited
    },
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
