import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestResult } from '../../src/model/run-result.ts'
import type { Defect } from '../../systems/chat/server/defects.ts'
import { isFreeWithNext, runChatPlan } from '../../test/kit/chat-plan.ts'
import { freePort } from '../../test/kit/free-port.ts'
import type { TestBench } from '../../test/kit/test-bench.ts'
import { withBench } from '../../test/kit/test-bench.ts'

const timeoutMs = 400_000

/** A run is waiting for the most part; more than these would take each other's times. */
const atOnce = 3

const guesses = { path: '/login', userField: 'name', user: 'user1', rate: '20/s', sources: 1, blocked: [403] }

/** Laid over `--quick`: as short as each test still decides. */
const shortened = {
  '50 connections/s': {
    arrivals: [
      ...[{ to: '50/s', over: '1s' }, { hold: '3s' }, { to: '1/s', over: '1s' }],
      ...[{ hold: '3s' }, { hold: '3s', name: 'afterwards' }],
    ],
  },
  'log-in': { for: '9s' },
  // What sleeps has its buffers full after eight seconds.
  'slow readers': { for: '15s' },
  restarted: { for: '10s', objectives: ['lost = 0', 'duplicates = 0', 'phantoms = 0'] },
  // The first of its three attacks.
  guessing: { for: '12s', attacks: [{ at: '6s', for: '5s', attack: { kind: 'attack', attack: 'bruteForce', ...guesses } }] },
  'files of others': { for: '3s' },
}

export interface ChatJob {
  readonly tests: readonly string[]
  readonly seed: number
  readonly defect?: Defect
}

export interface ChatRun extends ChatJob {
  /** None where the run came to no result. */
  readonly results: readonly TestResult[]
  /** From the start of the program to its end. */
  readonly seconds: number
}

/** Runs of the chat server's plan by the built program, some side by side, in the order of the jobs. */
export function runChats(jobs: readonly ChatJob[]): Promise<readonly ChatRun[]> {
  return withBench(async (bench) => {
    const config = bench.write('shortened.yml', JSON.stringify({ tests: shortened }))
    const runs: ChatRun[] = []
    // Each lane takes the next one that nobody has.
    const waiting = jobs.entries()
    const lane = async (): Promise<void> => {
      for (const [i, job] of waiting) runs[i] = await runChat(bench, config, job)
    }
    await Promise.all(Array.from({ length: atOnce }, lane))
    return runs
  })
}

async function runChat(bench: TestBench, config: string, job: ChatJob): Promise<ChatRun> {
  const { defect = '', seed, tests } = job
  const port = await portWithNext()
  const out = join(bench.folder, `${defect}-${String(seed)}`)
  const { results, output, seconds } = await runChatPlan(bench, { ...{ tests, seed, defect, port, out, config }, timeoutMs })
  if (results.length === 0) console.error(`Seed ${String(seed)} ${defect}: ${output}`)
  else console.error(`chat, ${defect || 'healthy'}, seed ${String(seed)}: ${seconds.toFixed(0)} s`)
  rmSync(out, { recursive: true, force: true })
  return { ...job, results, seconds }
}

const taken = new Set<number>()

/** Lines come in at the port after that of requests. */
async function portWithNext(): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (taken.has(port) || taken.has(port + 1) || !(await isFreeWithNext(port))) continue
    taken.add(port).add(port + 1)
    return port
  }
}
