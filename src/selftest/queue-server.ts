import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { seededRandom } from '../base/random.ts'
import { createAlarm } from './alarm.ts'
import type { Queue } from './queue.ts'
import { createQueue, equilibriumBacklog, exponential } from './queue.ts'
import { TimedAnswers } from './timed-answers.ts'

/**
 * The self-test's target, a process of its own like every target: `--queues` independent stations, each answering `GET /q/N` when its
 * virtual clock says so, with two times in ms: how long the request had to stay, and how long it stayed by the clock of this process. Answers go out within about 0.1 ms of their time, so
 * service times of 5 ms and more are exact to 2 %.
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

/** A stream of random numbers for each station, so that two requests that swap places at different stations change nothing. */
const queues: Queue[] = Array.from({ length: Number(values.queues) }, (_, station) => {
  const random = seededRandom(Number(values.seed), station)
  const isExponential = values.distribution === 'exponential'
  return createQueue({
    servers,
    service: isExponential ? () => exponential(random, serviceMs) : () => serviceMs,
    ...(rho > 0 && servers === 1 && isExponential ? { backlogMs: [equilibriumBacklog(random, serviceMs, rho)] } : {}),
    ...(stallMs > 0 ? { stall: { periodMs, stallMs } } : {}),
  })
})

// The stations' clock starts with the first request, so that the equilibrium of the start is met by the load and not by an idle server.
let originNs: bigint | undefined
const answers = new TimedAnswers(createAlarm)

const server = createServer((request, response) => {
  const [, kind, number] = (request.url ?? '').split('/')
  const queue = kind === 'q' ? queues[Number(number) % queues.length] : undefined
  if (queue === undefined) {
    response.end('ready\n')
    return
  }
  const nowNs = process.hrtime.bigint()
  originNs ??= nowNs
  const nowMs = Number(nowNs - originNs) / 1e6
  const leavesMs = queue.arrive(nowMs)
  const drawnMs = leavesMs - nowMs
  answers.at(nowNs + BigInt(Math.round(drawnMs * 1e6)), () => {
    const givenMs = Number(process.hrtime.bigint() - nowNs) / 1e6
    response.end(`${drawnMs.toFixed(4)} ${givenMs.toFixed(4)}\n`)
  })
})
server.keepAliveTimeout = 120_000
server.listen(Number(values.port), '127.0.0.1')

process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  void answers.stop()
})
