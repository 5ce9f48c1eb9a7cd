import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import { withBench } from './test-bench.ts'

const root = join(import.meta.dirname, '..', '..')

const timeoutMs = 240_000

interface ShopRun {
  readonly tests: readonly TestResult[]
  readonly output: string
}

/** Tests of the shop's plan in their quick form, with a real PostgreSQL and the payment service; on a bench of its own, so that a second try meets nothing of the first. */
export function runShop(names: readonly string[], defect?: string): Promise<ShopRun> {
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

export const verdictsOf = ({ objectives }: TestResult): Readonly<Record<string, string>> =>
  Object.fromEntries(objectives.map(({ text, verdict }) => [text, verdict]))

export const named = ({ findings }: TestResult): readonly string[] => findings.map(({ id }) => id)

// On a machine that others keep busy the time after a fault may not look as good as the time before it.
export const shopOptions = { retry: 2, timeout: timeoutMs + 10_000 }
