import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import { isFree } from './free-port.ts'
import { withBench } from './test-bench.ts'

const root = join(import.meta.dirname, '..', '..')
export const chatTimeoutMs = 200_000

export interface ChatRun {
  readonly tests: readonly TestResult[]
  readonly output: string
}

/** Tests of the chat server's plan in their quick form, on its real server and PostgreSQL; on a bench of its own, so that a second try meets nothing of the first. */
export function runChat(names: readonly string[], defect = ''): Promise<ChatRun> {
  return withBench(async (bench) => {
    // Lines come in at the port after that of requests.
    if (!(await isFree(bench.port + 1))) return runChat(names, defect)
    const tests = names.flatMap((name) => ['--test', name])
    const args = ['run', 'systems/chat/chat.plan.ts', ...tests, '--quick', '--seed', '7', '--reporter', 'line,json,text']
    const { status, output } = await bench.cli([...args, '--out', bench.out], {
      cwd: root,
      env: { CHAT_PORT: String(bench.port), CHAT_DEFECTS: defect },
      timeoutMs: chatTimeoutMs,
    })
    const file = join(bench.out, 'result.json')
    if (!existsSync(file)) throw new Error(`No result (status ${String(status)}):\n${output}`)
    const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult // the contract of that file
    expect(await bench.leftovers()).toEqual([])
    return { tests: result.tests, output }
  })
}

export const named = ({ findings }: TestResult): readonly string[] => findings.map(({ id }) => id)
