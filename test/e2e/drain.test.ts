import { describe, expect, it } from 'vitest'
import type { TestResult } from '../../src/model/run-result.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

/** Each answer takes 300 ms, so that some are always in flight. */
const server = (onTerm: string): string => `
import { createServer } from 'node:http'
const server = createServer((request, answer) => { request.resume(); setTimeout(() => answer.end('done'), 300) })
server.listen(Number(process.argv[2]), '127.0.0.1')
${onTerm}
`
/** Kept connections that are busy must be told: `server.close()` alone leaves them open for the next request. */
const graceful = `
let ends = false
server.prependListener('request', (request, answer) => ends && answer.setHeader('connection', 'close'))
process.on('SIGTERM', () => { ends = true; server.close(() => process.exit(0)) })`
const deaf = `process.on('SIGTERM', () => undefined)`

async function asked(bench: TestBench, { onTerm, fault }: { onTerm: string; fault: string }): Promise<TestResult> {
  bench.write('slow.mjs', server(onTerm))
  bench.plan(`
const order = scenario(async ({ http, think }) => { await http.post('/orders', { json: {} }); await think('20ms') })
export default plan({
  target: { url: 'http://127.0.0.1:${bench.port}', start: 'node slow.mjs ${bench.port}' },
  scenarios: { order },
  tests: { drained: { users: 12, for: '12s', faults: [{ at: '4s', ${fault} }] } },
})`)
  await bench.run()
  const [test] = bench.result().tests
  if (test === undefined) throw new Error('no test in the result')
  expect(test.faults, JSON.stringify(test.faults)).toMatchObject([{ verified: true, reverted: true }])
  expect(await bench.leftovers()).toEqual([])
  return test
}

const named = ({ findings }: TestResult): string | undefined =>
  findings.find(({ id }) => id === 'requests-lost-on-drain')?.evidence

describe.concurrent('a target that is asked to end under load', () => {
  const terminate = "for: '3s', fault: fault.terminate('target')"

  it('and finishes what it has begun loses nothing', () =>
    withBench(async (bench) => {
      const test = await asked(bench, { onTerm: graceful, fault: terminate })
      expect(named(test)).toBeUndefined()
      expect(test.faults![0]!.facts).toMatchObject({ killed: 0 })
    }))

  it('and just ends is named with what was in flight', () =>
    withBench(async (bench) => {
      const test = await asked(bench, { onTerm: '', fault: terminate })
      const evidence = named(test)
      expect(evidence, JSON.stringify(test.errors)).toMatch(
        /^At the fault "terminate\(target\)" \d+ of up to \d+ requests in flight/,
      )
      // Twelve users wait for their answer nearly all of the time.
      const [, lost] = /(\d+) of up to/.exec(evidence!)!
      expect(Number(lost)).toBeGreaterThanOrEqual(6)
      expect(Number(lost)).toBeLessThanOrEqual(12)
    }))

  it('and does not listen is killed in the end, with what it had then', () =>
    withBench(async (bench) => {
      const test = await asked(bench, { onTerm: deaf, fault: terminate })
      expect(named(test)).toContain('It did not end by itself, and was killed.')
      expect(test.faults![0]!.facts).toMatchObject({ killed: 1 })
    }))

  it('and is started again as soon as it has ended goes on serving', () =>
    withBench(async (bench) => {
      const test = await asked(bench, { onTerm: graceful, fault: "fault: fault.restart('target')" })
      expect(named(test)).toBeUndefined()
      const { endedSec, readySec } = test.faults![0]!.facts!
      // What was in flight took up to 300 ms; the rest is slack for a busy machine.
      expect(endedSec).toBeLessThan(5)
      expect(readySec).toBeGreaterThan(0)
      expect(test.faults![0]!.clearedAt! - test.faults![0]!.at!).toBeGreaterThanOrEqual(endedSec! + readySec! - 0.1)
    }))
})
