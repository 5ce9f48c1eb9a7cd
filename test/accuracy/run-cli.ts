import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'

const program = join(import.meta.dirname, '../../bin/proofload.js')

/** The built queue server of the self-test: its answer times are known. */
export const queueServer = join(import.meta.dirname, '../../dist/selftest/queue-server.js')

export interface CliRun {
  readonly exitCode: number | null
  readonly result: RunResult
  /** By name. */
  readonly tests: Readonly<Record<string, TestResult>>
}

/** Runs a plan with the built program, as a user would. */
export async function runCli(planText: string, seed = 1): Promise<CliRun> {
  const folder = mkdtempSync(join(tmpdir(), 'proofload-accuracy-'))
  try {
    const plan = join(folder, 'accuracy.plan.ts')
    const out = join(folder, 'out')
    writeFileSync(plan, planText)
    const child = spawn(process.execPath, [program, 'run', plan, '--out', out, '--seed', String(seed)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    return { exitCode, ...readResult(join(out, 'result.json'), output) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readResult(file: string, output: string): Pick<CliRun, 'result' | 'tests'> {
  try {
    // as: written by the program under test, whose schema has tests of its own.
    const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult
    return { result, tests: Object.fromEntries(result.tests.map((test) => [test.name, test])) }
  } catch (error) {
    throw new Error(`The run left no result. It said:\n${output}`, { cause: error })
  }
}
