import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import type { TruthCase } from './cases.ts'

/**
 * The plan that drives a case. Each answer says how long the server's clock meant it to take and how long it took; they go into the metrics
 * `drawn` and `given`, so that they are judged over the same requests as the latency.
 */
export function truthPlan(
  { name, server, queues, load, durationSec, warmupSec }: TruthCase,
  { port, seed, serverEntry }: { readonly port: number; readonly seed: number; readonly serverEntry: string },
): string {
  const start = [process.execPath, serverEntry, '--port', String(port), '--seed', String(seed), ...server]
  return `import { metric, plan, scenario } from 'proofload'
const drawn = metric.trend('drawn', { unit: 'ms' })
const given = metric.trend('given', { unit: 'ms' })
const visit = scenario(async ({ http, metric, vu }) => {
  const answer = await http.get('/q/' + Math.floor(vu.random() * ${queues}), { name: 'visit' })
  const [drawnMs, givenMs] = answer.text().split(' ').map(Number)
  metric.add(drawn, drawnMs)
  metric.add(given, givenMs)
})
export default plan({
  target: { url: 'http://127.0.0.1:${port}', start: ${JSON.stringify(start)}, ready: '/', cwd: ${JSON.stringify(tmpdir())} },
  scenarios: { visit },
  tests: { ${JSON.stringify(name)}: { ${load}, for: '${durationSec + warmupSec}s', warmup: '${warmupSec}s' } },
})
`
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
