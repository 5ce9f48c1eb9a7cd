import { realpathSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../base/errors.ts'
import { plainText } from '../../report/index.ts'
import type { ActiveRun } from '../../run/index.ts'
import { isActive, listActiveRuns, readRunFolder, requestStop } from '../../run/index.ts'
import { judgeRun } from '../../verdicts/index.ts'
import type { CommandInput } from '../command-input.ts'

/** Longer than the slowest clean-up by itself: PostgreSQL, a stubborn target and a large report, one after the other. */
const limitSec = 60

/** `proofload stop [RUN]`: ends runs of this user from outside, waits until they have cleaned up, and says what became of each. */
export async function stop({ args }: CommandInput): Promise<number> {
  const [wanted] = args
  const runs = listActiveRuns().filter((run) => wanted === undefined || isIn(run.folder, wanted))
  if (runs.length === 0) {
    print(wanted === undefined ? 'No run of yours is in progress on this machine.' : hasEnded(wanted))
    return 0
  }
  for (const run of runs) {
    requestStop(run)
    print(`Asked the run of ${run.plan} to stop (process ${run.process.pid}, ${shown(run.folder)}).`)
  }
  const ended = await Promise.all(runs.map(awaitEnd))
  return ended.every(Boolean) ? 0 : 1
}

/** The folder of the run, or the one around the runs of several plans. */
function isIn(folder: string, wanted: string): boolean {
  const path = real(wanted)
  return real(folder) === path || real(folder).startsWith(`${path}${sep}`)
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

/** @throws ToolError RECORD_UNREADABLE when it is no run folder */
function hasEnded(folder: string): string {
  const { data } = readRunFolder(folder)
  const { verdict } = judgeRun(data)
  return data.end === undefined
    ? `The run in ${shown(folder)} is not in progress here: it was killed, or it belongs to another user or machine.`
    : `The run in ${shown(folder)} has ended already: ${verdict}.`
}

async function awaitEnd(run: ActiveRun): Promise<boolean> {
  const startMs = performance.now()
  const elapsedSec = (): number => (performance.now() - startMs) / 1000
  while (isActive(run) && elapsedSec() < limitSec) await sleep(50)
  if (isActive(run)) {
    print(`${run.plan} has not ended within ${limitSec} s.
  Run \`proofload stop\` again: it then does not wait for its clean-up. If that does not help either: kill -9 ${run.process.pid};
  its watchdog ends what it had started, and \`proofload doctor\` shows what is left.`)
    return false
  }
  print(`${run.plan} ended after ${elapsedSec().toFixed(1)} s: ${outcome(run.folder)}`)
  return true
}

function outcome(folder: string): string {
  try {
    const { data } = readRunFolder(folder)
    const { verdict, tests, errors } = judgeRun(data)
    const why = tests.at(-1)?.reason ?? errors.at(-1)?.text ?? 'it had not begun a test.'
    return `${verdict}. ${plainText(why)}\n  ${shown(join(folder, 'report.html'))}`
  } catch (error) {
    return `its record cannot be read: ${messageOf(error)}`
  }
}

/** Short where that is shorter. */
function shown(folder: string): string {
  const near = relative(process.cwd(), folder)
  return near === '' || near.startsWith('..') ? folder : near
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
