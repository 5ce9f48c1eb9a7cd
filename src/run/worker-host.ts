import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { isErrorCode } from '../base/error-codes.ts'
import { ToolError } from '../base/errors.ts'
import type { FromWorker, ToWorker, WorkerInit } from '../model/worker-protocol.ts'

/** The worker threads of a run, seen from the orchestrator. */
export interface WorkerHost {
  readonly count: number
  /** For the operating system, of those that were asked for it. */
  readonly threadIds: readonly number[]
  send(message: ToWorker): void
  /** Ends the threads; those that do not leave within two seconds are terminated. */
  stop(): Promise<void>
}

export interface WorkerListener {
  message(worker: number, message: FromWorker): void
  /** A thread ended that nobody told to. */
  crashed(worker: number, error: Error): void
}

/** Always the built file: a worker thread cannot start from TypeScript. */
const entry = new URL('../vu/worker-entry.js', import.meta.url)

/**
 * Memory of a worker, for ten thousand users in 250 MB. A young generation of three times 4 MB instead of 16 MB: requests live for milliseconds, so hardly
 * anything survives either, and the smaller one stays in the processor's cache. And an old generation that is collected when it has grown by 20 %, not
 * by up to 300 %: what thinking users hold for seconds ends up there, little of it.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 12 }
const heapGrowth = '--heap-growing-percent=20'

export async function startWorkers(inits: readonly WorkerInit[], listener: WorkerListener): Promise<WorkerHost> {
  let stopping = false
  setFlagsFromString(heapGrowth)
  const threads = inits.map(
    (init) => new Worker(entry, { workerData: init, stdout: false, stderr: false, env: process.env, resourceLimits }),
  )
  const ended = threads.map((thread) => new Promise<void>((resolve) => thread.once('exit', () => resolve())))

  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    for (const thread of threads) thread.postMessage({ type: 'exit' } satisfies ToWorker)
    const limit = setTimeout(() => {
      for (const thread of threads) void thread.terminate()
    }, 2000)
    await Promise.all(ended)
    clearTimeout(limit)
  }

  const ready = threads.map(
    (thread, worker) =>
      new Promise<number | undefined>((resolve, reject) => {
        thread.on('message', (message: FromWorker) => {
          if (message.type === 'ready') resolve(message.thread)
          else if (message.type === 'error') {
            listener.message(worker, message)
            reject(workerError(message))
          } else listener.message(worker, message)
        })
        const crash = (error: Error): void => {
          reject(error)
          if (!stopping) listener.crashed(worker, error)
        }
        thread.on('error', (error) => crash(error instanceof Error ? error : new Error(String(error))))
        thread.on('exit', (code) => crash(new Error(`worker ${worker} ended with status ${code}`)))
      }),
  )
  const ids = await Promise.all(ready).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return {
    count: threads.length,
    threadIds: ids.flatMap((id) => id ?? []),
    send: (message) => {
      for (const thread of threads) thread.postMessage(message)
    },
    stop,
  }
}

function workerError(message: Extract<FromWorker, { type: 'error' }>): ToolError {
  return toolErrorOf(message.code, message.text, message.hint)
}

/** An error that crossed the thread border as plain data. */
export function toolErrorOf(code: string, text: string, hint?: string): ToolError {
  return new ToolError(isErrorCode(code) ? code : 'INTERNAL', text, hint === undefined ? {} : { hint })
}
