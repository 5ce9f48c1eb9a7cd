import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import { withBench } from '../kit/test-bench.ts'

/** The suite `faults` of the shop, shortened, with a real PostgreSQL and the payment service through the real program. */
const root = join(import.meta.dirname, '..', '..')

const timeoutMs = 240_000

interface ShopRun {
  readonly tests: readonly TestResult[]
  readonly output: string
}

/** On a bench of its own, so that a second try meets nothing of the first. */
function runShop(names: readonly string[], defect?: string): Promise<ShopRun> {
  return withBench(async (bench) => {
    const start = `node dist/systems/shop/main.js${defect === undefined ? '' : ` --defect ${defect}`}`
    const tests = names.flatMap((name) => ['--test', name])
    const args = ['run', 'systems/shop/shop.plan.ts', ...tests, '--quick', '--seed', '7', '--reporter', 'line,json,text']
    const { status, output } = await bench.cli([...args, '--out', bench.out, '--set', `target.start=${start}`], {
      cwd: root,
      env: { SHOP_PORT: String(bench.port) },
      timeoutMs,
    })
    const file = join(bench.out, 'result.json')
    if (!existsSync(file)) throw new Error(`No result (status ${String(status)}):\n${output}`)
    const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult // the contract of that file
    expect(await bench.leftovers()).toEqual([])
    return { tests: result.tests, output }
  })
}

const verdictsOf = ({ objectives }: TestResult): Readonly<Record<string, string>> =>
  Object.fromEntries(objectives.map(({ text, verdict }) => [text, verdict]))

const named = ({ findings }: TestResult): readonly string[] => findings.map(({ id }) => id)

async function expectSound(names: readonly string[]): Promise<void> {
  const { tests, output } = await runShop(names)
  expect(tests.map(({ name }) => name).sort()).toEqual(names.toSorted())
  for (const test of tests) {
    const failed = Object.entries(verdictsOf(test)).filter(([, verdict]) => verdict !== 'pass')
    expect(failed, `${test.name}\n${output}`).toEqual([])
    for (const fault of test.faults ?? []) expect(fault).toMatchObject({ verified: true, reverted: true })
    for (const id of [
      'breaker-absent',
      'timeout-absent',
      'retry-storm',
      'lost-update',
      'lost-write',
      'no-recovery',
      'pool-exhausted',
    ])
      expect(named(test)).not.toContain(id)
  }
}

// On a machine that others keep busy the time after a fault may not look as good as the time before it.
const options = { retry: 2, timeout: timeoutMs + 10_000 }

describe('the shop when something breaks', () => {
  it('as it should be: it recovers, nothing is lost, and those who only look notice nothing', options, async () => {
    await expectSound(['killed'])
  })
})

// What names them are counts and ids, not times: they may run side by side. The longest first, so that none is left to run alone.
describe.concurrent('the shop when something breaks that it is not built for', () => {
  const defects = [
    { defect: 'pool-leak', test: 'pool', fails: 'pool(db) = ok', names: 'pool-leak' },
    { defect: 'pool-leak', test: 'payments down', fails: 'recovery < 20s', names: 'pool-exhausted' },
    { defect: 'no-breaker', test: 'payments failing', fails: undefined, names: 'breaker-absent' },
    { defect: 'lost-on-restart', test: 'killed', fails: 'lost = 0', names: 'lost-write' },
    { defect: 'no-timeout', test: 'payments silent', fails: 'max(POST /orders) < 5s', names: 'timeout-absent' },
    { defect: 'retry-storm', test: 'payments failing', fails: undefined, names: 'retry-storm' },
    { defect: 'lost-update', test: 'sale', fails: 'counters = 0', names: 'lost-update' },
  ] as const

  it('as it should be its breaker spares payments that fail', options, () => expectSound(['payments failing']))

  it('as it should be it waits for nobody who is silent', options, () => expectSound(['payments silent']))

  for (const { defect, test: name, fails, names } of defects) {
    it(`with the defect ${defect}: “${name}” names it ${names}`, options, async () => {
      const { tests, output } = await runShop([name], defect)
      const [test] = tests
      if (test === undefined) throw new Error(output)
      expect(named(test), output).toContain(names)
      if (fails !== undefined) expect(verdictsOf(test)[fails], output).toBe('fail')
    })
  }

  it('as it should be it refuses an upload that has no room, and that is no defect', options, async () => {
    const { tests, output } = await runShop(['no room for files'])
    expect(
      tests.map((test) => [named(test), verdictsOf(test)]),
      output,
    ).toEqual([[expect.not.arrayContaining(['server-errors']), { 'errors < 1%': 'pass', 'checks > 99.9%': 'pass' }]])
  })

  it('as it should be no piece is sold twice in the sale', options, () => expectSound(['sale']))
})
