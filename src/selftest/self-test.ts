import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestResult } from '../model/run-result.ts'
import { preparePlan, runPlan } from '../run/index.ts'
import type { TruthCase } from './cases.ts'
import { shortCases } from './cases.ts'
import type { Comparison } from './compare-truth.ts'
import { compareWithTruth } from './compare-truth.ts'

/** Always the built file: it is started as a process of its own. */
const serverEntry = fileURLToPath(new URL('./queue-server.js', import.meta.url))

export interface CaseOutcome {
  readonly test: TestResult
  readonly comparisons: readonly Comparison[]
  readonly agrees: boolean
}

/** Drives queues of known truth with the real engine and prints the figures beside the formulas. True when all agree. */
export async function selfTest({
  report,
  cases = shortCases,
  seed = 1,
}: {
  readonly report: (line: string) => void
  readonly cases?: readonly TruthCase[]
  readonly seed?: number
}): Promise<boolean> {
  let allAgree = true
  for (const one of cases) {
    const { comparisons, agrees, test } = await runTruthCase(one, seed)
    allAgree &&= agrees
    report(
      `${agrees ? '✓' : '✗'} ${one.name}: ${comparisons.map(describe).join(', ')} (${test.totals.requests} requests, validity ${test.validity.verdict})`,
    )
  }
  report(
    allAgree
      ? 'The figures agree with the formulas (3 % or the 95 % interval; stall 5 %).'
      : 'Some figures do not agree with the formulas: do not trust numbers from this machine before you know why. A busy machine is the usual cause.',
  )
  return allAgree
}

function describe({ figure, truth, measured, off }: Comparison): string {
  return measured === null || off === null
    ? `${figure} not measured (formula ${truth.toFixed(1)} ms)`
    : `${figure} ${measured.toFixed(1)} ms (formula ${truth.toFixed(1)}, ${off >= 0 ? '+' : ''}${(100 * off).toFixed(1)} %)`
}

export async function runTruthCase(one: TruthCase, seed: number): Promise<CaseOutcome> {
  const scratch = mkdtempSync(join(tmpdir(), 'proofload-selftest-'))
  try {
    const port = await freePort()
    const file = join(scratch, 'truth.plan.ts')
    writeFileSync(file, planSource(one, port, seed))
    const plan = await preparePlan({ file, scratch: join(scratch, 'bundle') })
    const { result, error } = await runPlan({
      plan,
      outFolder: join(scratch, 'out'),
      seed,
      workers: 1,
      command: 'proofload doctor --selftest',
      debug: false,
      observer: {},
    })
    const [test] = result.tests
    if (error instanceof Error) throw error
    if (test === undefined) throw new Error('The self-test gave no result.')
    // Comparing an invalid run with a formula would prove nothing.
    const comparisons = compareWithTruth(one, test.latencyMs)
    return { test, comparisons, agrees: test.validity.verdict !== 'void' && comparisons.every(({ agrees }) => agrees) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function planSource({ name, server, queues, load, durationSec, warmupSec }: TruthCase, port: number, seed: number): string {
  return `import { plan, scenario } from 'proofload'
const visit = scenario(async ({ http, vu }) => { await http.get('/q/' + Math.floor(vu.random() * ${queues}), { name: 'visit' }) })
export default plan({
  target: { url: 'http://127.0.0.1:${port}', start: ${JSON.stringify([process.execPath, serverEntry, '--port', String(port), '--seed', String(seed), ...server])}, ready: '/', cwd: ${JSON.stringify(tmpdir())} },
  scenarios: { visit },
  tests: { ${JSON.stringify(name)}: { ${load}, for: '${durationSec + warmupSec}s', warmup: '${warmupSec}s' } },
})
`
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
