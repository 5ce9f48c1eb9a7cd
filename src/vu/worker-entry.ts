import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { captureConsole } from '../base/capture-console.ts'
import { messageOf, ToolError } from '../base/errors.ts'
import { seededRandom } from '../base/random.ts'
import { parseTrace } from '../load/index.ts'
import { workerProtocolVersion } from '../model/schema-version.ts'
import type { FromWorker, ToWorker, WorkerInit } from '../model/worker-protocol.ts'
import { allowedHosts, codeOf, loadPlanModule, openFeed } from '../plan/index.ts'
import { createWorkerSession } from './worker-session.ts'
import type { WorkerSession } from './worker-session.ts'

/** A worker thread: everything it needs comes with `workerData`, everything it finds out leaves as messages. */

// Checked by its version first: both sides are built from the same types.
const init = workerData as WorkerInit
const post = (message: FromWorker): void => parentPort?.postMessage(message)

async function open(): Promise<WorkerSession> {
  const { protocol, plan, bundle, worker, workers, seed } = init
  if (protocol !== workerProtocolVersion)
    throw new ToolError('INTERNAL', `a worker of protocol ${workerProtocolVersion} was given protocol ${protocol}`)
  // What a plan prints while it is loaded was printed once, by the main thread.
  const releaseConsole = captureConsole(
    () => undefined,
    () => 0,
  )
  const module = await loadPlanModule(bundle, plan.dir).finally(releaseConsole)
  return createWorkerSession({
    init,
    code: codeOf(module.definition),
    allowedHosts: allowedHosts(plan),
    openFeed: (spec) => openFeed(spec, { worker, workers, random: seededRandom(seed, -1 - spec.id * workers - worker) }),
    traceTimes: readTrace,
    post,
  })
}

function readTrace(path: string): readonly number[] {
  const { timesSec, problems } = parseTrace(readFileSync(path, 'utf8'))
  if (problems.length > 0)
    throw new ToolError('PLAN_INVALID', `Expected ${path} to be a list of times: ${problems.slice(0, 5).join('; ')}`)
  return timesSec
}

function refuse(error: unknown): void {
  const tool =
    error instanceof ToolError
      ? error
      : new ToolError('INTERNAL', `A worker could not start: ${messageOf(error)}`, { cause: error })
  post({ type: 'error', code: tool.code, text: tool.message, ...(tool.hint === undefined ? {} : { hint: tool.hint }) })
}

async function main(): Promise<void> {
  const session = await open()
  process.on('unhandledRejection', (error) => session.stray(error))
  process.on('uncaughtException', (error) => session.stray(error))
  parentPort?.on('message', (message: ToWorker) => {
    session.handle(message)
    if (message.type !== 'exit') return
    session.close()
    // What was posted is delivered before the thread ends.
    setImmediate(() => process.exit(0))
  })
  post({ type: 'ready', ...(init.realtime ? { thread: Number(basename(readlinkSync('/proc/thread-self'))) } : {}) })
}

main().catch(refuse)
