import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import { withBench } from '../kit/test-bench.ts'

/** The suite `stress` of the shop and its soak, shortened, with a real PostgreSQL through the real program. */
const root = join(import.meta.dirname, '..', '..')

const timeoutMs = 150_000

interface ShopRun {
  readonly test: TestResult
  readonly output: string
}

/** On a bench of its own, so that a second try meets nothing of the first. */
function runShop(name: string, set: readonly string[] = []): Promise<ShopRun> {
  return withBench(async (bench) => {
    const args = ['run', 'systems/shop/shop.plan.ts', '--test', name, '--quick', '--seed', '7', '--reporter', 'line,json,text']
    const { status, output } = await bench.cli([...args, '--out', bench.out, ...set.flatMap((one) => ['--set', one])], {
      cwd: root,
      env: { SHOP_PORT: String(bench.port) },
      timeoutMs,
    })
    const file = join(bench.out, 'result.json')
    if (!existsSync(file)) throw new Error(`No result (status ${String(status)}):\n${output}`)
    const [test] = (JSON.parse(readFileSync(file, 'utf8')) as RunResult).tests // the contract of that file
    if (test === undefined) throw new Error(`No test in the result:\n${output}`)
    expect(await bench.leftovers()).toEqual([])
    return { test, output }
  })
}

/** A heap so small that it is collected often enough in the minute of a quick soak. */
const soak = (defect = ''): readonly string[] => [
  `target.start=node --max-old-space-size=64 --max-semi-space-size=1 dist/systems/shop/main.js${defect}`,
]

describe.concurrent('the shop beyond what it bears', () => {
  // On a machine that others keep busy, the generator may limit each trial; then there is no answer, and none is made up.
  const options = { retry: 2, timeout: timeoutMs + 10_000 }

  it('the soak names the leak of the build that has it', options, async () => {
    const { test, output } = await runShop('soak', soak(' --defect leak'))
    const leak = test.findings.find(({ id }) => id === 'memory-leak')
    expect(leak, output).toBeDefined()
    expect(leak?.evidence).toMatch(/^Old objects in Node’s heap: \+[\d,]+ B a request/)
  })

  it('and no leak of the correct one', options, async () => {
    const { test, output } = await runShop('soak', soak())
    expect(test.totals.failed, output).toBe(0)
    expect(test.findings.filter(({ id }) => id.endsWith('-leak'))).toEqual([])
    expect(
      test.leaks?.some(({ verdict }) => verdict === 'none'),
      output,
    ).toBe(true)
  })
})
