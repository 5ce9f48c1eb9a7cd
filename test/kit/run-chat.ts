import { expect } from 'vitest'
import type { TestResult } from '../../src/model/run-result.ts'
import { isFreeWithNext, runChatPlan } from './chat-plan.ts'
import { withBench } from './test-bench.ts'

export const chatTimeoutMs = 200_000

export interface ChatRun {
  readonly tests: readonly TestResult[]
  readonly output: string
}

/** Tests of the chat server's plan; on a bench of its own, so that a second try meets nothing of the first. */
export function runChat(names: readonly string[], defect = ''): Promise<ChatRun> {
  return withBench(async (bench) => {
    const { port, out } = bench
    if (!(await isFreeWithNext(port))) return runChat(names, defect)
    const { results, output } = await runChatPlan(bench, { tests: names, seed: 7, defect, port, out, timeoutMs: chatTimeoutMs })
    if (results.length === 0) throw new Error(output)
    expect(await bench.leftovers()).toEqual([])
    return { tests: results, output }
  })
}
