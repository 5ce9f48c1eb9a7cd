import { expect, test } from 'vitest'
import { freePort } from '../../src/selftest/index.ts'
import { complaints, isVoid, withQuietMachine } from './expect-truth.ts'
import { queueServer, runCli } from './run-cli.ts'

/** D/D/1 with a service of 20 ms: it carries 50/s, exactly. */
async function planFor({ scenario, tests }: { scenario: string; tests: string }): Promise<string> {
  const port = await freePort()
  const start = [process.execPath, queueServer, '--port', String(port), '--service-ms', '20', '--distribution', 'constant']
  return `import { plan, scenario } from 'proofload'
const visit = scenario(async ({ http }) => { ${scenario}; await http.get('/q/0', { name: 'visit' }) })
export default plan({
  target: { url: 'http://127.0.0.1:${port}', start: ${JSON.stringify(start)}, ready: '/' },
  scenarios: { visit },
  tests: { ${tests} },
})`
}

test('a generator that cannot keep its schedule is refused, whatever the target does and whatever is asked of it', async () => {
  // 30 ms of CPU in each iteration at 40/s is 120 % of a core.
  const burn = 'for (const end = performance.now() + 30; performance.now() < end; );'
  const { exitCode, tests, result } = await runCli(
    await planFor({
      scenario: burn,
      tests: `
        'would pass': { arrivals: { rate: '40/s', process: 'uniform' }, for: '4s', objectives: ['p95 < 60s'] },
        'would fail': { arrivals: { rate: '40/s', process: 'uniform' }, for: '4s', objectives: ['p95 < 1ms'] },
        'target saturated too': { arrivals: { rate: '80/s', process: 'uniform' }, for: '4s', objectives: ['p95 < 100ms'] },`,
    }),
  )
  for (const one of Object.values(tests)) {
    expect(one.validity.verdict, one.name).toBe('void')
    expect(one.verdict, one.name).toBe('invalid')
    expect(complaints(one).join(), one.name).toContain('void late-sends')
  }
  expect(result.tests).toHaveLength(3)
  expect(result.verdict).toBe('invalid')
  expect(exitCode).toBe(3)
})

test('a saturated target is a finding, not an invalid run: it fails its objective', async (context) => {
  let exitCode: number | null = null
  const run = async () => {
    const done = await runCli(
      await planFor({
        scenario: '',
        tests: `saturated: { arrivals: { rate: '70/s', process: 'uniform' }, for: '6s', objectives: ['p95 < 100ms'] }`,
      }),
    )
    exitCode = done.exitCode
    return done.result.tests[0]!
  }
  const saturated = await withQuietMachine(context, run, (one) => !isVoid(one))
  expect(saturated.validity.checks.filter(({ verdict }) => verdict === 'void')).toEqual([])
  expect(saturated.verdict).toBe('failed')
  expect(exitCode).toBe(1)
  // Latency grows by (70 − 50) / 50 = 0.4 s a second, so half of the answers took more than a second.
  expect(saturated.latencyMs.p50).toBeGreaterThan(900)
})

test('its healthy twin passes', async (context) => {
  let exitCode: number | null = null
  const run = async () => {
    const done = await runCli(
      await planFor({
        scenario: '',
        tests: `healthy: { arrivals: { rate: '25/s', process: 'uniform' }, for: '6s', objectives: ['p95 < 100ms'] }`,
      }),
    )
    exitCode = done.exitCode
    return done.result.tests[0]!
  }
  const healthy = await withQuietMachine(context, run, (one) => !isVoid(one))
  expect(healthy.validity.checks.filter(({ verdict }) => verdict === 'void')).toEqual([])
  expect(healthy.verdict).toBe('passed')
  expect(exitCode).toBe(0)
})
