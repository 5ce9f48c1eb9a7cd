import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from './cores.ts'
import { measure } from './measure.ts'
import type { Target } from './target.ts'
import { number, proofloadCommand } from './tools.ts'

/** What one machine must carry at least. */
export interface Extremes {
  readonly users: {
    /** Connections that the target had open at once, by its own count. */
    readonly connections: number
    readonly processBytes: number
    /** With the supervisor, which is a process of its own. */
    readonly treeBytes: number
    readonly failed: number
    readonly checksFailed: number
  }
  readonly arrivals: {
    readonly perSec: number
    readonly slipP50Ms: number
    readonly slipP99Ms: number
    readonly failed: number
    readonly validity: string
  }
}

export async function measureExtremes(target: Target): Promise<Extremes> {
  const users = await runPlan(target, 'ten-thousand-users.plan.ts', { seconds: 16, role: 'generator' })
  const arrivals = await runPlan(target, 'arrivals.plan.ts', { seconds: 7, role: 'any' })
  const figure = (result: unknown, ...path: (string | number)[]): number => number(result, 'tests', 0, ...path) ?? NaN
  // A check failed or not: the plan's two are all there are.
  const checksFailed = [0, 1].reduce((sum, i) => sum + figure(users.result, 'checks', i, 'failed'), 0)
  return {
    users: {
      connections: users.measured.peakConnections,
      processBytes: users.measured.peakOfLargestBytes,
      treeBytes: users.measured.peakBytes,
      failed: figure(users.result, 'totals', 'failed'),
      checksFailed,
    },
    arrivals: {
      perSec: figure(arrivals.result, 'totals', 'perSec'),
      slipP50Ms: figure(arrivals.result, 'slipMs', 'p50'),
      slipP99Ms: figure(arrivals.result, 'slipMs', 'p99'),
      failed: figure(arrivals.result, 'totals', 'failed'),
      validity: validityOf(arrivals.result),
    },
  }
}

interface How {
  readonly seconds: number
  /** `any`: the thread that sends gets a core to itself when the main thread can run on the other. */
  readonly role: Role
}

async function runPlan(target: Target, plan: string, how: How): ReturnType<typeof measurePlan> {
  const folder = mkdtempSync(join(tmpdir(), 'proofload-bench-extreme-'))
  try {
    return await measurePlan(target, plan, { ...how, folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measurePlan(
  target: Target,
  plan: string,
  options: How & { folder: string },
): Promise<{ measured: Awaited<ReturnType<typeof measure>>; result: unknown }> {
  const tool = {
    name: plan,
    version: '',
    command: proofloadCommand(plan, options.folder),
    env: { BENCH_TARGET: target.url },
    role: options.role,
    p99Ms: () => null,
  }
  const measured = await measure(tool, target, options)
  const result: unknown = JSON.parse(readFileSync(join(options.folder, 'out', 'result.json'), 'utf8'))
  return { measured, result }
}

function validityOf(result: unknown): string {
  // What result.json holds here is its documented form; anything else shows as unknown.
  const verdict = (result as { tests?: { validity?: { verdict?: unknown } }[] }).tests?.[0]?.validity?.verdict
  return typeof verdict === 'string' ? verdict : 'unknown'
}
