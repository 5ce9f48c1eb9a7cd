import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/run-result.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { createBench } from '../kit/test-bench.ts'

/** The chat server on a real PostgreSQL, through the real program. What is judged here is right on a busy machine as well: what is there in the end, and no times. */
const root = join(import.meta.dirname, '..', '..')

let bench: TestBench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.dispose())

async function runChat(test: string, defects = ''): Promise<RunResult> {
  const out = join(bench.folder, `${test} ${defects}`.replaceAll('/', ' '))
  const { status, output } = await bench.cli(
    ['run', 'systems/chat/chat.plan.ts', '--test', test, '--quick', '--seed', '7', '--reporter', 'line,json', '--out', out],
    { cwd: root, env: { CHAT_PORT: String(bench.port), CHAT_DEFECTS: defects }, timeoutMs: 120_000 },
  )
  const file = join(out, 'result.json')
  if (!existsSync(file)) throw new Error(`No result (status ${String(status)}):\n${output}`)
  return JSON.parse(readFileSync(file, 'utf8')) as RunResult // the contract of that file
}

function objective(result: RunResult, text: string): string | undefined {
  return result.tests[0]?.objectives.find((each) => each.text === text)?.verdict
}

describe('the chat server', () => {
  it('has every acknowledged message in its database, once, and delivers each in order', async () => {
    const result = await runChat('integrity')
    for (const text of [
      'lost = 0',
      'duplicates = 0',
      'phantoms = 0',
      'errors < 1%',
      'deliveries.lost = 0',
      'deliveries.unordered = 0',
    ]) {
      expect(objective(result, text), text).toBe('pass')
    }
  })

  it('forgets its visitors, and with the defect leak does not', async () => {
    const left = 'app.chat_sessions < 10 during afterwards'
    expect(objective(await runChat('50 connections/s'), left)).toBe('pass')
    expect(objective(await runChat('50 connections/s', 'leak'), left)).toBe('fail')
  })
})
