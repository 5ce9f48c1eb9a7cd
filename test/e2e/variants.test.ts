import { describe, expect, it } from 'vitest'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

/** Answers after `DELAY_MS`, and tells the environment that it was started with. */
const server = `
import { createServer } from 'node:http'
const { DELAY_MS = '1', BASE = '' } = process.env
console.log('started with ' + DELAY_MS + ' ' + BASE)
const server = createServer((request, answer) => setTimeout(() => answer.end('done'), Number(DELAY_MS)))
server.keepAliveTimeout = 60000
server.listen(Number(process.argv[2]), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`

function variantPlan(bench: TestBench, variants: string, repeat: number): void {
  bench.write('delayed.mjs', server)
  bench.plan(`
export default plan({
  target: { url: 'http://127.0.0.1:${bench.port}', start: 'node delayed.mjs ${bench.port}', ready: '/', env: { BASE: 'kept', DELAY_MS: 5 } },
  scenarios: { ask: scenario(async ({ http }) => { await http.get('/') }) },
  tests: { load: { users: 2, for: '1s', variants: ${variants}, repeat: ${repeat} } },
})`)
}

const timeoutMs = 60_000

describe.concurrent('the variants of a test', () => {
  it('each have their target, started afresh with their environment over the plan’s, in interleaved rounds', () =>
    withBench(async (bench) => {
      variantPlan(bench, "{ 'as it is': {}, slow: { env: { DELAY_MS: 60 } }, twin: { env: { DELAY_MS: '5' } } }", 2)
      await bench.run([], { timeoutMs })
      const { tests, variants } = bench.result()
      expect(tests.map(({ name }) => name)).toEqual([
        'load · as it is',
        'load · slow',
        'load · twin',
        'load · twin · round 2',
        'load · slow · round 2',
        'load · as it is · round 2',
      ])
      const slow = tests.filter(({ name }) => name.includes('slow'))
      expect(slow.map(({ latencyMs }) => latencyMs.min! >= 59)).toEqual([true, true])
      const { stdout } = await bench.cli(['report', bench.out, '--format', 'json'])
      // A report that is rebuilt says the same.
      expect((JSON.parse(stdout) as { variants: unknown }).variants).toEqual(variants)
      expect(variants![0]!.variants.map(({ name, env }) => [name, env])).toEqual([
        ['as it is', {}],
        ['slow', { DELAY_MS: '60' }],
        ['twin', { DELAY_MS: '5' }],
      ])
      expect(await bench.leftovers()).toEqual([])
    }))

  it('are named by the dry run, and taken together or one at a time by --test', () =>
    withBench(async (bench) => {
      variantPlan(bench, '{ a: {}, b: { env: { DELAY_MS: 2 } } }', 2)
      const all = await bench.run(['--dry-run', '--test', 'load'])
      expect(all.stdout).toContain('variant b, round 2 of 2: the target with DELAY_MS=2')
      expect(all.stdout.match(/^test load · /gm)).toHaveLength(4)
      const one = await bench.run(['--dry-run', '--test', 'load · b'])
      expect(one.stdout.match(/^test load · b/gm)).toHaveLength(2)
      const elsewhere = await bench.run(['--dry-run', '--target', 'http://127.0.0.1:9'])
      expect(elsewhere.status).toBe(2)
      expect(elsewhere.stderr).toContain('expected a target that proofload starts')
    }))
})
