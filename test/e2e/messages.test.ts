import { describe, expect, it } from 'vitest'
import type { TestResult } from '../../src/model/run-result.ts'
import { chatServer } from '../kit/chat-server.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

// Users of two workers in one room, through the built program. Times depend on how busy this machine is; counts do not.

const chatPlan = (bench: TestBench, behaviour: string, test = "users: 10, for: '3s'"): void => {
  bench.write('chat.mjs', chatServer)
  bench.plan(`
const chat = scenario({
  start: async ({ ws, tcp, check }) => {
    const room = await ws.connect('/ws')
    check('joined', (await room.request({ type: 'join' }, { key: 'id' }, '5s')).ok)
    room.deliveries('lobby', { where: (message) => message.type === 'said' })
    const line = await tcp.connect(':${bench.port + 1}')
    return { room, line }
  },
  run: async ({ vu, think, ws }) => {
    let { room, line } = vu.state
    if (!room.isOpen) room = vu.state.room = await ws.connect('/ws', { keep: true })
    room.send({ type: 'say', text: room.stamp('hello', 'lobby') })
    await room.next((message) => message.type === 'said', { name: 'ws said', timeout: '5s' })
    await line.request('LOGIN ada', (text) => text === 'OK LOGIN', '5s')
    const brief = await ws.connect('/ws', { name: 'ws brief' })
    await brief.ping('5s')
    await think('50ms')
  },
})
export default plan({
  target: { url: 'http://127.0.0.1:${bench.port}', start: 'node chat.mjs ${bench.port} ${behaviour}', cwd: '.' },
  scenarios: { chat },
  objectives: ['errors = 0%', 'deliveries.lost = 0', 'deliveries.doubled = 0', 'deliveries.unordered = 0'],
  tests: { evening: { ${test} } },
})`)
}

async function run(bench: TestBench, behaviour: string, test?: string): Promise<TestResult> {
  chatPlan(bench, behaviour, test)
  const { output } = await bench.run(['--workers', '2'], { timeoutMs: 120_000 })
  const [result] = bench.result().tests
  if (result === undefined) throw new Error(output)
  expect(await bench.leftovers()).toEqual([])
  return result
}

function request(
  { requests }: TestResult,
  name: string,
): { readonly count: number; readonly failed: number; readonly statuses: object } {
  const found = requests.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no ${name} among ${requests.map((one) => one.name).join(', ')}`)
  return { count: found.totals.requests, failed: found.totals.failed, statuses: found.statuses }
}

function failures({ errors }: TestResult, ...kinds: readonly string[]): number {
  return errors.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { count }) => sum + count, 0)
}

function verdicts({ objectives }: TestResult): Readonly<Record<string, string>> {
  return Object.fromEntries(objectives.map(({ text, verdict }) => [text, verdict]))
}

function counter({ metrics }: TestResult, name: string): number {
  return metrics.find((metric) => metric.name === name)?.sum ?? 0
}

describe('a chat', { timeout: 180_000 }, () => {
  it('that is healthy loses nothing, and everything has its name', async () => {
    await withBench(async (bench) => {
      const test = await run(bench, 'healthy')
      expect(verdicts(test)).toMatchObject({
        'errors = 0%': 'pass',
        'deliveries.lost = 0': 'pass',
        'deliveries.doubled = 0': 'pass',
        'deliveries.unordered = 0': 'pass',
      })
      const said = request(test, 'ws said').count
      expect(said).toBeGreaterThan(20)
      // Each is heard by all who are there, in both workers.
      expect(request(test, 'ws delivered lobby').count).toBeGreaterThan(5 * said)
      for (const name of ['ws connect /ws', 'ws join', 'tcp LOGIN', 'ws brief', 'ws ping /ws', `tcp connect :${bench.port + 1}`])
        expect(request(test, name), name).toMatchObject({ failed: 0 })
      expect(request(test, 'ws connect /ws').count).toBe(10)
      expect(request(test, 'ws brief').statuses).toEqual({ 101: request(test, 'ws brief').count })
      // The brief ones were closed with their iterations, the others with their users.
      expect(counter(test, 'ws.closed.us')).toBeGreaterThanOrEqual(request(test, 'ws brief').count)
      expect(test.metrics.find(({ name }) => name === 'ws.lifetime')).toMatchObject({ unit: 'ms' })
    })
  })

  it.each([
    ['lossy', 'deliveries.lost = 0'],
    ['twice', 'deliveries.doubled = 0'],
  ])('that is %s fails %s, and that alone of its deliveries', async (behaviour, objective) => {
    await withBench(async (bench) => {
      const failed = Object.entries(verdicts(await run(bench, behaviour))).filter(
        ([text, verdict]) => text.startsWith('deliveries') && verdict !== 'pass',
      )
      expect(failed).toEqual([[objective, 'fail']])
    })
  })

  it('whose frames are forbidden has failures of kind malformed', async () => {
    await withBench(async (bench) => {
      const test = await run(bench, 'malformed')
      expect(failures(test, 'malformed')).toBeGreaterThan(0)
      expect(verdicts(test)['errors = 0%']).toBe('fail')
    })
  })

  it('is cut off by a fault of its link', async () => {
    await withBench(async (bench) => {
      const test = await run(
        bench,
        'healthy',
        "users: 10, for: '5s', faults: [{ at: '2s', for: '1s', fault: fault.reset('target') }]",
      )
      expect(test.faults?.[0]).toMatchObject({ verified: true, reverted: true })
      expect(test.faults?.[0]?.crossed).toBeGreaterThan(0)
      expect(failures(test, 'reset', 'closed-early')).toBeGreaterThan(0)
      expect(request(test, 'ws connect /ws').count).toBeGreaterThan(10)
    })
  })
})
