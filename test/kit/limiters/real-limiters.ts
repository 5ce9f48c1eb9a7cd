import { join } from 'node:path'
import type { LimiterVerdict } from '../../../src/model/limiter-result.ts'
import type { TestResult } from '../../../src/model/run-result.ts'
import { withBench } from '../test-bench.ts'
import type { LimiterTruth } from './limiter-model.ts'

const tsx = join(import.meta.dirname, '../../../node_modules/tsx/dist/loader.mjs')
const server = join(import.meta.dirname, 'limiter-server.ts')

export interface RealLimiter {
  readonly name: string
  readonly truth: LimiterTruth
  readonly expected: LimiterVerdict
  readonly kind?: string
  /** In the table of truth only: CI has little time. */
  readonly isSpare?: true
  /** Two clients by header instead of addresses. */
  readonly isByHeader?: true
}

const bucket = { kind: 'token bucket', ratePerSec: 10, burst: 12 } as const
const windows = { ratePerSec: 5, burst: 10, phase: 0.3 } as const

/** Limiters as they should be, and as they are built wrongly. */
export const realLimiters: readonly RealLimiter[] = [
  { isSpare: true, name: 'token bucket', truth: bucket, expected: 'ENFORCED', kind: 'token bucket' },
  { name: 'token bucket by header', truth: bucket, expected: 'ENFORCED', kind: 'token bucket', isByHeader: true },
  {
    isSpare: true,
    name: 'fixed window',
    truth: { ...windows, kind: 'fixed window' },
    expected: 'ENFORCED',
    kind: 'fixed window',
  },
  { isSpare: true, name: 'sliding log', truth: { ...windows, kind: 'sliding log' }, expected: 'ENFORCED', kind: 'sliding log' },
  { name: 'none', truth: { ...bucket, kind: 'none' }, expected: 'NOT_PRESENT' },
  { name: 'racy', truth: { ...bucket, defect: 'racy' }, expected: 'RACY' },
  { isSpare: true, name: 'racy store', truth: { ...bucket, defect: 'racy', storeSec: 0.005 }, expected: 'RACY' },
  { isSpare: true, name: 'slow store', truth: { ...bucket, storeSec: 0.005 }, expected: 'ENFORCED', kind: 'token bucket' },
  { name: 'evaded by X-Forwarded-For', truth: { ...bucket, defect: 'by x-forwarded-for' }, expected: 'BYPASSABLE' },
  { isSpare: true, name: 'evaded by path', truth: { ...bucket, defect: 'by path' }, expected: 'BYPASSABLE' },
  { isSpare: true, name: 'evaded by a new connection', truth: { ...bucket, defect: 'by connection' }, expected: 'BYPASSABLE' },
  { isSpare: true, name: 'one for all', truth: { ...bucket, defect: 'shared' }, expected: 'NOT_ISOLATED' },
  { isSpare: true, name: 'with a reset that lies', truth: { ...bucket, defect: 'late reset' }, expected: 'LYING_HEADERS' },
  { name: 'with lying headers', truth: { ...bucket, defect: 'wrong remaining' }, expected: 'LYING_HEADERS' },
]

/** Runs the built program against a real server, in real time. */
export async function runRealLimiter(
  { truth, isByHeader }: RealLimiter,
  length = truth.defect === undefined && truth.kind !== 'none' ? '32s' : '22s',
): Promise<{ readonly test: TestResult; readonly again: TestResult; readonly output: string; readonly text: string }> {
  return withBench(async (bench) => {
    const start = JSON.stringify([
      process.execPath,
      '--import',
      `file://${tsx}`,
      server,
      String(bench.port),
      JSON.stringify(truth),
    ])
    const key = isByHeader ? `key: { header: 'authorization', values: ({ shared }) => shared },` : ''
    bench.plan(`export default plan({
      target: { url: 'http://127.0.0.1:${String(bench.port)}', ready: '/health', start: ${start} },
      setup: () => ['Bearer of Anne', 'Bearer of Bert'],
      limiters: {
        login: {
          request: { method: 'POST', path: '/login', json: { user: 'anne', password: 'wrong' } }, ${key}
          expect: { rate: '${String(truth.ratePerSec)}/s', burst: ${String(truth.burst)} },
        },
      },
      tests: {
        limiter: { suite: 'security', watch: true, for: '${length}', objectives: ['limiter(login) = enforced'], stopWhen: [] },
      },
    })`)
    const { output } = await bench.run([], { timeoutMs: 120_000 })
    const [test] = bench.result().tests
    if (test?.limiters === undefined) throw new Error(output)
    const { output: text } = await bench.cli(['report', bench.out, '--format', 'text'])
    await bench.cli(['report', bench.out, '--format', 'json'])
    const [again] = bench.result().tests
    if (again === undefined) throw new Error('no test in the result')
    return { test, again, output, text }
  })
}
