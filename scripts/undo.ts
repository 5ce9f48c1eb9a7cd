import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSupervisor } from '../src/services/index.ts'
import { drawRun } from '../test/kit/undo/draw.ts'
import type { Lane } from '../test/kit/undo/lane.ts'
import { openLane } from '../test/kit/undo/lane.ts'
import type { Outcome } from '../test/kit/undo/run-drawn.ts'
import { runDrawn } from '../test/kit/undo/run-drawn.ts'
import { summary, told } from './undo/table.ts'

/**
 * Runs that break things and die at a random moment, and a look at what they leave: `--runs 100 --seed 1 --parallel 3`, `--json` for a program.
 * `--runs 1 --seed N` does one of them again.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})
const [runs, seed, parallel] = [Number(values.runs), Number(values.seed), Number(values.parallel)]

let isStopping = false
// What is mounted must be unmounted: the runs that have begun are ended properly.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (isStopping = true))

const folder = mkdtempSync(join(tmpdir(), 'undo-'))
chmodSync(folder, 0o755)
process.env['TMPDIR'] = folder
const supervisor = createSupervisor()
const outcomes: Outcome[] = []
const waiting = Array.from({ length: runs }, (_, i) => seed + i)

async function work(lane: Lane): Promise<void> {
  for (let next = waiting.shift(); next !== undefined && !isStopping; next = waiting.shift()) {
    const outcome = await runDrawn(drawRun(next, lane.bystander.pid), lane, folder)
    outcomes.push(outcome)
    if (!values.json) console.log(told(outcome))
    // The next run must not be blamed for it.
    if (outcome.left.length > 0 && (await lane.wrong()).length > 0)
      throw new Error(`what the run of seed ${next} has left would be found after the next as well`)
  }
}

async function inLane(): Promise<void> {
  const lane = await openLane(supervisor, folder)
  try {
    await work(lane)
  } catch (thrown) {
    console.error(thrown)
    process.exitCode = 1
  } finally {
    await lane.close()
  }
  if (waiting.length > 0 && !isStopping) await inLane()
}

try {
  await Promise.all(Array.from({ length: Math.min(parallel, runs) }, inLane))
} finally {
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}
const machine = `${String(cpus().length)} cores, Node ${process.version}`
console.log(values.json ? JSON.stringify(outcomes, null, 2) : summary(outcomes, machine))
if (outcomes.length < runs || outcomes.some(({ left, problems }) => left.length + problems.length > 0)) process.exitCode = 1
