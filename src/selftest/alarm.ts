import type { MessagePort } from 'node:worker_threads'
import { MessageChannel, Worker } from 'node:worker_threads'

/** Wakes this thread at a time, late by about 0.1 ms and without burning CPU: a thread of its own sleeps for it. */
export interface Alarm {
  /** Time on `process.hrtime`, in ns; replaces the one before. */
  set(dueNs: bigint): void
  stop(): Promise<unknown>
}

export interface AlarmBoard {
  /** 0: nothing to wait for. */
  readonly dueNs: BigInt64Array
  readonly change: Int32Array
  readonly bell: MessagePort
}

export function isAlarmBoard(value: unknown): value is AlarmBoard {
  return typeof value === 'object' && value !== null && 'dueNs' in value && 'change' in value && 'bell' in value
}

export function createAlarm(ring: () => void): Alarm {
  const dueNs = new BigInt64Array(new SharedArrayBuffer(8))
  const change = new Int32Array(new SharedArrayBuffer(4))
  const { port1, port2 } = new MessageChannel()
  port1.on('message', ring)
  const board: AlarmBoard = { dueNs, change, bell: port2 }
  // Always the built file: a worker cannot start from a `.ts` file.
  const thread = new Worker(new URL('./alarm-thread.js', import.meta.url), { workerData: board, transferList: [port2] })
  return {
    set: (due) => {
      Atomics.store(dueNs, 0, due)
      Atomics.add(change, 0, 1)
      Atomics.notify(change, 0)
    },
    stop: () => {
      port1.close()
      return thread.terminate()
    },
  }
}
