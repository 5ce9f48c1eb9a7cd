import { expect } from 'vitest'
import type { TestResult } from '../../src/model/run-result.ts'
import { runReferencePlan } from './reference-plan.ts'
import { withBench } from './test-bench.ts'

const timeoutMs = 240_000

interface ShopRun {
  readonly tests: readonly TestResult[]
  readonly output: string
}

/** Tests of the shop's plan with a real PostgreSQL and the payment service; on a bench of its own, so that a second try meets nothing of the first. */
export function runShop(names: readonly string[], defect?: string): Promise<ShopRun> {
  return withBench(async (bench) => {
    const start = `node dist/systems/shop/main.js${defect === undefined ? '' : ` --defect ${defect}`}`
    const { results, output } = await runReferencePlan(bench, {
      plan: 'systems/shop/shop.plan.ts',
      tests: names,
      seed: 7,
      out: bench.out,
      args: ['--set', `target.start=${start}`],
      env: { SHOP_PORT: String(bench.port) },
      timeoutMs,
    })
    if (results.length === 0) throw new Error(output)
    expect(await bench.leftovers()).toEqual([])
    return { tests: results, output }
  })
}

export const verdictsOf = ({ objectives }: TestResult): Readonly<Record<string, string>> =>
  Object.fromEntries(objectives.map(({ text, verdict }) => [text, verdict]))

// On a machine that others keep busy the time after a fault may not look as good as the time before it.
export const shopOptions = { retry: 2, timeout: timeoutMs + 10_000 }
