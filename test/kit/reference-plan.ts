import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import type { TestBench } from './test-bench.ts'

const root = join(import.meta.dirname, '..', '..')

export interface ReferenceOrder {
  /** Below the root of this repository. */
  readonly plan: string
  readonly tests: readonly string[]
  readonly seed: number
  readonly out: string
  /** More of the command line. */
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

export interface ReferenceOutcome {
  /** None where the run came to no result; `output` says why. */
  readonly results: readonly TestResult[]
  readonly output: string
  /** From the start of the program to its end. */
  readonly seconds: number
}

/** Tests of a reference system's plan in their quick form, by the built program, on its real servers. */
export async function runReferencePlan(bench: TestBench, order: ReferenceOrder): Promise<ReferenceOutcome> {
  const { plan, tests, seed, out, args = [], env, timeoutMs } = order
  const chosen = tests.flatMap((name) => ['--test', name])
  const common = ['--quick', '--seed', String(seed), '--reporter', 'line,json,text', '--out', out]
  const { status, output, seconds } = await bench.cli(['run', plan, ...chosen, ...common, ...args], { cwd: root, env, timeoutMs })
  const file = join(out, 'result.json')
  if (!existsSync(file)) return { results: [], output: `No result (status ${String(status)}):\n${output}`, seconds }
  const { tests: results } = JSON.parse(readFileSync(file, 'utf8')) as RunResult // the contract of that file
  return { results, output, seconds }
}

/** Ids of its findings. */
export const named = ({ findings }: TestResult): readonly string[] => findings.map(({ id }) => id)
