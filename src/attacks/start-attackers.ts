import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ThreadCalls } from '../base/thread-calls.ts'
import type { AttackersInit, AttackRequest, AttackStart, TimedAttackWindow } from './attack-messages.ts'

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

export async function startAttackers({ runStartNs, onWindows }: AttackThreadOptions): Promise<AttackThread> {
  const thread = new Worker(entry, { workerData: { runStartNs } satisfies AttackersInit })
  const calls = new ThreadCalls<AttackRequest, number, readonly TimedAttackWindow[]>(thread, {
    name: 'the thread of the attacks',
    onNews: onWindows,
  })
  await once(thread, 'online')
  return {
    async start(attack) {
      await calls.ask({ type: 'start', ...attack })
    },
    async rate(id, perSec) {
      await calls.ask({ type: 'rate', id, perSec })
    },
    end: (id) => calls.ask({ type: 'end', id }),
    close: () => calls.close({ type: 'close' }),
  }
}
