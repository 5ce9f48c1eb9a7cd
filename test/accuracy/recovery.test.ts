import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RecoveryResult } from '../../src/model/recovery-result.ts'
import type { TestResult } from '../../src/model/run-result.ts'
import { withBench } from '../kit/test-bench.ts'

/** The built queue server of the self-test: virtual time, so what it does after an outage is a formula. */
const queueServer = join(import.meta.dirname, '../../dist/selftest/queue-server.js')

/** It listens a while after its start, and is slow for a while after that. */
const slowStarter = `import { createServer } from 'node:http'
const [port, startMs, warmMs] = process.argv.slice(2).map(Number)
import { existsSync, writeFileSync } from 'node:fs'
const again = existsSync('started-once')
writeFileSync('started-once', '')
const begin = performance.now() + (again ? startMs : 0)
const server = createServer((request, response) => {
  const isWarm = !again || performance.now() > begin + warmMs || request.url === '/'
  setTimeout(() => response.end('ok'), isWarm ? 20 : 150)
})
setTimeout(() => server.listen(port, '127.0.0.1'), again ? startMs : 0)
process.on('SIGTERM', () => process.exit(0))
`

interface RealOutage {
  readonly start: (port: number) => readonly (string | number)[]
  readonly arrivals: string
  readonly seconds: number
  readonly fault: string
  readonly objectives: string
  /** How long each answer takes while nothing is broken. */
  readonly usualMs: number
}

/** Where others took the machine before the outage there is nothing to come back to: again, three times at most. */
async function run(outage: RealOutage, tries = 3): Promise<TestResult> {
  const result = await runOnce(outage)
  const usual = recoveryOf(result).baseline?.p99Ms ?? 0
  return usual > 3 * outage.usualMs && tries > 1 ? run(outage, tries - 1) : result
}

function runOnce({ start, arrivals, seconds, fault, objectives }: RealOutage): Promise<TestResult> {
  return withBench(async (bench) => {
    const { port } = bench
    bench.write('slow-starter.mjs', slowStarter)
    const command = JSON.stringify([process.execPath, ...start(port)].map(String))
    bench.plan(`export default plan({
      target: { url: 'http://127.0.0.1:${port}', start: ${command}, ready: '/' },
      scenarios: { visit: scenario(async ({ http }) => { await http.get('/q/0') }) },
      tests: { outage: { suite: 'stress', arrivals: ${arrivals}, for: '${seconds}s', faults: [${fault}], objectives: ${objectives} } },
    })`)
    const { output } = await bench.run(['--seed', '1'], { timeoutMs: 240_000 })
    const [one] = bench.result().tests
    if (one === undefined) throw new Error(output)
    return one
  })
}

function recoveryOf(one: TestResult): RecoveryResult {
  const recovery = one.faults?.[0]?.recovery
  if (recovery === undefined) throw new Error(JSON.stringify({ ...one, requests: [], probes: {} }))
  return recovery
}

const told = ({ stages, ...recovery }: RecoveryResult): string => JSON.stringify({ ...recovery, ...stages, curve: [] })

// One window, or 5 %; a second window because a fault does not begin and end on whole seconds of a busy machine.
const within = (truth: number): number => Math.max(1, 0.05 * truth) + 0.5

describe.concurrent('recovery on real sockets', { timeout: 300_000 }, () => {
  test('of a queue whose process stood still is the time in which its backlog drains', async () => {
    // λ = 30/s, C = 50/s, D = 6 s, L = 0.5 s
    const [perSec, rate, outage, limitSec] = [30, 50, 6, 0.5]
    const result = await run({
      start: (port) => [queueServer, '--port', port, '--service-ms', 1000 / rate, '--distribution', 'constant'],
      arrivals: `{ rate: '${perSec}/s', process: 'uniform' }`,
      ...{ seconds: 40, fault: `{ at: '12s', for: '${outage}s', fault: fault.pause('target') }` },
      usualMs: 1000 / rate,
      objectives: `['p90 < ${limitSec * 1000}ms during before', 'recovery < 15s']`,
    })
    const recovery = recoveryOf(result)
    const empty = (perSec * outage) / (rate - perSec)
    const goodAgain = (perSec * outage - rate * (limitSec - 1 / rate)) / (rate - perSec)
    expect(recovery.verdict, told(recovery)).toBe('recovered')
    expect(Math.abs((recovery.sec ?? 0) - empty), told(recovery)).toBeLessThan(within(empty))
    expect(Math.abs((recovery.stages.goodputSec ?? 0) - goodAgain), told(recovery)).toBeLessThan(within(goodAgain))
    const lost = perSec * (outage + goodAgain)
    expect(Math.abs((recovery.lostWork ?? 0) / lost - 1), told(recovery)).toBeLessThan(0.1)
    expect(result.objectives.find(({ text }) => text.startsWith('recovery'))?.verdict).toBe('pass')
  })

  test('of a process that was killed is the time of its start and of its warm-up', async () => {
    const result = await run({
      start: (port) => ['slow-starter.mjs', port, 3000, 6000],
      ...{
        arrivals: "{ rate: '40/s', process: 'uniform' }",
        seconds: 40,
        fault: `{ at: '12s', for: '4s', fault: fault.kill('target') }`,
      },
      usualMs: 20,
      objectives: `['recovery < 5s']`,
    })
    const recovery = recoveryOf(result)
    expect(recovery.verdict, told(recovery)).toBe('recovered')
    expect(Math.abs((recovery.sec ?? 0) - 9), told(recovery)).toBeLessThan(within(9))
    expect(Math.abs((recovery.stages.lastLossSec ?? 0) - 3), told(recovery)).toBeLessThan(within(3))
    expect(result.objectives[0]?.verdict).toBe('fail')
  })
})
