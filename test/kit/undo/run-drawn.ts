import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunEvent } from '../../../src/model/run-event.ts'
import { cleanEnv, cliPath } from '../run-cli.ts'
import type { TestBench } from '../test-bench.ts'
import { withBench } from '../test-bench.ts'
import { until } from '../until.ts'
import type { Drawn } from './draw.ts'
import { fullDisk } from './full-disk.ts'
import { writeDrawnPlan } from './drawn-plan.ts'
import type { Lane } from './lane.ts'

export interface Outcome {
  readonly drawn: Drawn
  /** What the record of the run said when it died. */
  readonly phase: 'before its record' | 'starting' | 'under load' | 'ending' | 'over before'
  /** Faults that were proven, or being undone, when it died. */
  readonly active: readonly string[]
  /** When all that can mend itself had had its time. */
  readonly found: readonly string[]
  /** After `proofload doctor`, which is only asked when something was found. */
  readonly left: readonly string[]
  /** Beyond what was left: it hung, failed by a defect of its own, or its record cannot be reported. */
  readonly problems: readonly string[]
  readonly seconds: number
}

/** The watchdog gives each process 2 s, then 3 s more; the rest is for a busy machine. */
const mendMs = 20_000
const endMs = 60_000

/** One run: it is started, it dies, and what it has left is looked for. `prepared`: a folder with PostgreSQL's programs. */
export function runDrawn(drawn: Drawn, lane: Lane, prepared: string): Promise<Outcome> {
  return withBench(async (bench) => {
    const startMs = performance.now()
    writeDrawnPlan(bench, drawn, lane)
    if (!drawn.isCold) copyPrograms(prepared, bench.temp)
    const disk = drawn.full === undefined ? undefined : fullDisk(bench, drawn.full.what)
    try {
      const outcome = await live(drawn, { bench, lane, fill: (pid) => disk?.fill(pid) })
      return { ...outcome, seconds: (performance.now() - startMs) / 1000 }
    } finally {
      disk?.remove()
    }
  })
}

interface Stage {
  readonly bench: TestBench
  readonly lane: Lane
  readonly fill: (pid: number) => void
}

async function live(drawn: Drawn, { bench, lane, fill }: Stage): Promise<Omit<Outcome, 'seconds'>> {
  const run = startRun(bench, { DB: lane.database.url })
  if (drawn.full !== undefined)
    void comes(run, bench, { after: 'load', sec: drawn.full.sec }).then(() => fill(run.child.pid ?? 0))
  await comes(run, bench, drawn.moment)
  const events = eventsOf(bench)
  const { phase, active } = stateOf(events, run)
  const folders = journaledFolders(bench)
  const problems: string[] = []
  if (!run.hasEnded()) await die(run, drawn, bench)
  if (!(await run.endsWithin(endMs))) {
    problems.push(`it did not end within ${endMs / 1000} s after ${drawn.death}`)
    killAll(bench)
  }
  const look = async (withinMs: number): Promise<readonly string[]> => {
    const deadline = performance.now() + withinMs
    for (;;) {
      const folder = (path: string): string => (existsSync(path) ? `folder ${path}` : '')
      const found = [
        ...(await bench.leftovers(0)),
        ...folders.map(folder).filter((text) => text !== '' && !text.startsWith(`folder ${bench.temp}/`)),
        ...(await lane.wrong()),
      ]
      if (found.length === 0 || performance.now() > deadline) return found
      await sleep(100)
    }
  }
  const isUnwatched = drawn.death === 'kill -9 of all' || drawn.death === 'kill -9 with the watchdog'
  // Whoever holds a fault lets go of others by himself.
  if (drawn.death === 'kill -9 with the watchdog' && !(await until(async () => (await lane.wrongWithBystander()).length === 0)))
    problems.push(`without the watchdog: ${(await lane.wrongWithBystander()).join(', ')}`)
  // Nobody is left who would mend anything else.
  const found = await look(isUnwatched && phase !== 'over before' ? 300 : mendMs)
  let left: readonly string[] = []
  if (found.length > 0) {
    const { status, output } = await bench.cli(['doctor'])
    left = await look(5000)
    if (left.length === 0 && status !== 0) left = [`proofload doctor: ${output}`]
  }
  const output = readFileSync(join(bench.folder, 'output.txt'), 'utf8')
  if (output.includes('defect of proofload')) problems.push(output)
  problems.push(...statusProblems(drawn, phase, run.child.exitCode))
  problems.push(...(await reportProblems(bench)))
  return { drawn, phase, active, found, left, problems }
}

interface Running {
  readonly child: ChildProcess
  hasEnded(): boolean
  endsWithin(ms: number): Promise<boolean>
}

function startRun(bench: TestBench, env: Readonly<Record<string, string>>): Running {
  const output = openSync(join(bench.folder, 'output.txt'), 'a')
  const child = spawn(process.execPath, [cliPath, 'run', 'test.plan.ts', '--out', bench.out, '--reporter', 'line,html'], {
    cwd: bench.folder,
    env: cleanEnv({ ...bench.env, ...env }),
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    child,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    endsWithin: (ms) => Promise.race([exited.then(() => true), sleep(ms, false, { ref: false })]),
  }
}

/** Answers at the moment, or when the run has ended before. */
async function comes(run: Running, bench: TestBench, { after, sec }: Drawn['moment']): Promise<void> {
  const look = (): boolean => after === 'start' || eventsOf(bench).some(({ kind }) => kind === 'load-started')
  while (!run.hasEnded() && !look()) await sleep(20)
  const dueMs = performance.now() + sec * 1000
  while (!run.hasEnded() && performance.now() < dueMs) await sleep(Math.min(20, Math.max(1, dueMs - performance.now())))
}

async function die({ child }: Running, { death, againSec }: Drawn, bench: TestBench): Promise<void> {
  switch (death) {
    case 'kill -9':
      child.kill('SIGKILL')
      break
    case 'kill -9 of all':
      killAll(bench)
      break
    case 'kill -9 with the watchdog':
      killAll(bench, 'watchdog')
      break
    case 'SIGTERM':
      child.kill('SIGTERM')
      break
    case 'Ctrl-C':
    case 'Ctrl-C twice':
      // A terminal tells the whole group.
      interrupt(child)
      if (death === 'Ctrl-C') break
      await sleep(againSec * 1000)
      interrupt(child)
  }
}

function interrupt({ pid = 0, exitCode, signalCode }: ChildProcess): void {
  if (exitCode === null && signalCode === null) send(-pid, 'SIGINT')
}

/** Whoever asks it to end gets its clean-up, and a status that says so; a full disk may have been first. */
function statusProblems({ death, full }: Drawn, phase: Outcome['phase'], status: number | null): readonly string[] {
  const wasAsked = death === 'SIGTERM' || death === 'Ctrl-C' || death === 'Ctrl-C twice'
  if (!wasAsked || full !== undefined || (phase !== 'starting' && phase !== 'under load') || status === 130) return []
  return [`it ended with status ${String(status)} after ${death}`]
}

/** Proofload, its watchdog and the holders of its faults (or the watchdog alone) at one moment: they are stopped first, so that nobody mends anything. */
function killAll(bench: TestBench, others = ''): void {
  const parts = join(cliPath, '..', '..', 'dist')
  const ours = (): number[] =>
    bench
      .processes()
      .filter(({ command }) => command.includes(cliPath) || (command.includes(parts) && command.includes(others)))
      .map(({ pid }) => pid)
  for (const pid of ours()) send(pid, 'SIGSTOP')
  for (let pids = ours(), looks = 0; pids.length > 0 && looks < 50; pids = ours(), looks++)
    for (const pid of pids) send(pid, 'SIGKILL')
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}

function eventsOf(bench: TestBench): readonly RunEvent[] {
  const path = join(bench.out, 'events.ndjson')
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as RunEvent] // written by the program under test, in that format
      } catch {
        return [] // just being written
      }
    })
}

function stateOf(events: readonly RunEvent[], run: Running): Pick<Outcome, 'phase' | 'active'> {
  const has = (wanted: RunEvent['kind']): boolean => events.some(({ kind }) => kind === wanted)
  const ended = new Set(events.flatMap((event) => (event.kind === 'fault-ended' ? [event.id] : [])))
  const active = events.flatMap((event) =>
    event.kind === 'fault-started' && event.verified && !ended.has(event.id) ? [event.id] : [],
  )
  if (run.hasEnded()) return { phase: 'over before', active: [] }
  if (events.length === 0) return { phase: 'before its record', active }
  if (has('load-ended')) return { phase: 'ending', active }
  return { phase: has('load-started') ? 'under load' : 'starting', active }
}

/** Folders that the run itself says it will remove, control groups among them. */
function journaledFolders({ temp }: TestBench): readonly string[] {
  return readdirSync(temp)
    .filter((name) => name.startsWith('proofload-journal-'))
    .flatMap((name) => readdirSync(join(temp, name)).map((file) => join(temp, name, file)))
    .flatMap((path) => {
      try {
        return (JSON.parse(readFileSync(path, 'utf8')) as { folders: string[] }).folders // a journal of the program under test
      } catch {
        return []
      }
    })
}

/** The record of a run that was begun can be reported, and one that was not is refused in words. */
async function reportProblems(bench: TestBench): Promise<readonly string[]> {
  const header = join(bench.out, 'plan.json')
  if (!existsSync(header)) return []
  const isBegun = readFileSync(header, 'utf8').includes('"schema"')
  const { status, output } = await bench.cli(['report', bench.out])
  if (status === 0 || (status === 2 && !isBegun && output.includes('RECORD_UNREADABLE'))) return []
  return [`proofload report ended with ${String(status)}: ${output}`]
}

/** As links: sixty megabytes that nobody writes to. */
function copyPrograms(prepared: string, temp: string): void {
  for (const name of readdirSync(prepared).filter((each) => each.startsWith('proofload-postgres-'))) {
    if (process.platform === 'linux') execFileSync('cp', ['-al', join(prepared, name), join(temp, name)])
    else {
      mkdirSync(join(temp, name))
      cpSync(join(prepared, name), join(temp, name), { recursive: true, verbatimSymlinks: true })
    }
  }
}
