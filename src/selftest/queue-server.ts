import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { seededRandom } from '../base/random.ts'
import type { Queue } from './queue.ts'
import { createQueue, equilibriumBacklog, exponential } from './queue.ts'

/**
 * The self-test's target: `--queues` independent stations, each answering `GET /q/N` when its virtual clock says so. A process of its own,
 * like every target. Timers are good to about 1 ms, so service times should be 10 ms or more.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    queues: { type: 'string', default: '1' },
    servers: { type: 'string', default: '1' },
    'service-ms': { type: 'string', default: '10' },
    distribution: { type: 'string', default: 'exponential' },
    rho: { type: 'string', default: '0' },
    'stall-ms': { type: 'string', default: '0' },
    'period-ms': { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
})
const [serviceMs, rho, stallMs, periodMs] = [
  Number(values['service-ms']),
  Number(values.rho),
  Number(values['stall-ms']),
  Number(values['period-ms']),
]
const servers = Number(values.servers)
const random = seededRandom(Number(values.seed))
const service = values.distribution === 'exponential' ? () => exponential(random, serviceMs) : () => serviceMs

const origin = performance.now()
const queues: Queue[] = Array.from({ length: Number(values.queues) }, () =>
  createQueue({
    servers,
    service,
    ...(rho > 0 && servers === 1 && values.distribution === 'exponential'
      ? { backlogMs: [equilibriumBacklog(random, serviceMs, rho)] }
      : {}),
    ...(stallMs > 0 ? { stall: { periodMs, stallMs } } : {}),
  }),
)

const server = createServer((request, response) => {
  const [, kind, number] = (request.url ?? '').split('/')
  const queue = kind === 'q' ? queues[Number(number) % queues.length] : undefined
  if (queue === undefined) {
    response.end('ready\n')
    return
  }
  const nowMs = performance.now() - origin
  const leavesMs = queue.arrive(nowMs)
  answerAt(leavesMs + origin, () => response.end('done\n'))
})
server.keepAliveTimeout = 120_000
server.listen(Number(values.port), '127.0.0.1')

/** A timer may fire up to a millisecond early: the clock is asked again. */
function answerAt(dueMs: number, answer: () => void): void {
  const left = dueMs - performance.now()
  if (left <= 0.3) answer()
  else setTimeout(() => answerAt(dueMs, answer), left)
}

process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
