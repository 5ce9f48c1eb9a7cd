import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type {
  AttackRequest,
  AttackStart,
  AttackersInit,
  FromAttackers,
  TimedAttackWindow,
  ToAttackers,
} from './attack-messages.ts'

/** The attackers of a run, in a thread of their own. */
export interface AttackThread {
  start(attack: AttackStart): Promise<void>
  /** Of a search: the next rate. */
  rate(id: string, perSec: number): Promise<void>
  /** Closes every connection of the attack; how many there were. */
  end(id: string): Promise<number>
  close(): Promise<void>
}

export interface AttackThreadOptions {
  /** `process.hrtime.bigint()` at second 0 of the run, as text. */
  readonly runStartNs: string
  readonly onWindows: (windows: readonly TimedAttackWindow[]) => void
}

/** Always the built file: a worker thread cannot start from TypeScript. */
const entry = new URL('./attack-thread.js', import.meta.url)
const closeMs = 2000

export async function startAttackers({ runStartNs, onWindows }: AttackThreadOptions): Promise<AttackThread> {
  const thread = new Worker(entry, { workerData: { runStartNs } satisfies AttackersInit })
  const waiting = new Map<number, { readonly resolve: (closed: number) => void; readonly reject: (error: Error) => void }>()
  let calls = 0
  let death: Error | undefined
  const die = (error: Error): void => {
    death ??= error
    for (const { reject } of waiting.values()) reject(death)
    waiting.clear()
  }
  thread.on('error', (error) => die(error instanceof Error ? error : new Error(String(error))))
  thread.on('exit', (status) => die(new Error(`the thread of the attacks ended with status ${status}`)))
  thread.on('message', (message: FromAttackers) => {
    if (message.type === 'windows') {
      onWindows(message.windows)
      return
    }
    const { resolve, reject } = waiting.get(message.call) ?? {}
    waiting.delete(message.call)
    if (message.type === 'done') resolve?.(message.closed)
    else reject?.(new Error(message.text))
  })
  const ask = (request: AttackRequest): Promise<number> =>
    new Promise((resolve, reject) => {
      if (death !== undefined) {
        reject(death)
        return
      }
      const call = calls++
      waiting.set(call, { resolve, reject })
      thread.postMessage({ call, ...request } satisfies ToAttackers)
    })
  await once(thread, 'online')
  return {
    async start(attack) {
      await ask({ type: 'start', ...attack })
    },
    async rate(id, perSec) {
      await ask({ type: 'rate', id, perSec })
    },
    end: (id) => ask({ type: 'end', id }),
    async close() {
      if (death !== undefined) return
      const exited = once(thread, 'exit')
      await Promise.race([ask({ type: 'close' }).catch(() => undefined), sleep(closeMs, undefined, { ref: false })])
      void thread.terminate()
      await exited
    },
  }
}
