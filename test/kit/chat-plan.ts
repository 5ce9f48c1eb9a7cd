import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import { isFree } from './free-port.ts'
import type { TestBench } from './test-bench.ts'

const root = join(import.meta.dirname, '..', '..')

export interface ChatOrder {
  readonly tests: readonly string[]
  readonly seed: number
  /** '': the correct server. */
  readonly defect: string
  /** Of requests; lines come in at the one after it. */
  readonly port: number
  readonly out: string
  /** Laid over the plan. */
  readonly config?: string
  readonly timeoutMs: number
}

export interface ChatOutcome {
  /** None where the run came to no result; `output` says why. */
  readonly results: readonly TestResult[]
  readonly output: string
  /** From the start of the program to its end. */
  readonly seconds: number
}

/** Tests of the chat server's plan in their quick form, by the built program, on its real server and PostgreSQL. */
export async function runChatPlan(bench: TestBench, order: ChatOrder): Promise<ChatOutcome> {
  const { tests, seed, defect, port, out, config, timeoutMs } = order
  const args = ['run', 'systems/chat/chat.plan.ts', '--quick', ...tests.flatMap((name) => ['--test', name])]
  const over = config === undefined ? [] : ['--config', config]
  const { status, output, seconds } = await bench.cli(
    [...args, ...over, '--seed', String(seed), '--reporter', 'line,json,text', '--out', out],
    { cwd: root, env: { CHAT_PORT: String(port), CHAT_DEFECTS: defect }, timeoutMs },
  )
  const file = join(out, 'result.json')
  if (!existsSync(file)) return { results: [], output: `No result (status ${String(status)}):\n${output}`, seconds }
  const { tests: results } = JSON.parse(readFileSync(file, 'utf8')) as RunResult // the contract of that file
  return { results, output, seconds }
}

/** Whether lines could come in beside requests. */
export const isFreeWithNext = async (port: number): Promise<boolean> => (await isFree(port)) && (await isFree(port + 1))
