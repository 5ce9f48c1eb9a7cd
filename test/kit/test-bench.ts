import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunResult } from '../../src/model/run-result.ts'
import type { RunEvent } from '../../src/model/run-event.ts'
import type { WindowLine } from '../../src/model/sample.ts'
import { freePort, isFree } from './free-port.ts'
import type { CliOptions, CliResult } from './run-cli.ts'
import { runCli } from './run-cli.ts'
import { targetServer } from './target-server.ts'

/** Everything that a test writes, starts and must not leave behind. */
export interface TestBench {
  readonly folder: string
  /** Where `--out` of {@link TestBench.run} leads. */
  readonly out: string
  /** The temporary folder of everything that runs here. */
  readonly temp: string
  /** What marks everything that runs here, for who starts it without {@link TestBench.cli}. */
  readonly env: Readonly<Record<string, string>>
  /** A port for the target, the same at each look. */
  readonly port: number
  /** Writes a file below the folder and gives its path. */
  write(name: string, text: string): string
  /** Writes `test.plan.ts`, with `proofload` imported. */
  plan(source: string): string
  /** `start: …` of a target that behaves as {@link targetServer} says. */
  start(behaviour: string, ...args: readonly (string | number)[]): string
  cli(args: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>
  /** `proofload run test.plan.ts --out OUT …`, with the line and json reporters unless `--reporter` is given. */
  run(args?: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>
  result(folder?: string): RunResult
  events(folder?: string): readonly RunEvent[]
  windows(folder?: string): readonly WindowLine[]
  processes(): readonly FoundProcess[]
  /** Processes, ports, temporary folders and journals that are still there; waits a moment for processes that are about to go. */
  leftovers(withinMs?: number): Promise<readonly string[]>
  /** Ends every process of this bench and removes the folder. */
  dispose(): Promise<void>
}

export async function createBench(): Promise<TestBench> {
  const id = `bench-${randomUUID()}`
  const folder = mkdtempSync(join(tmpdir(), 'e2e-'))
  const temp = join(folder, 'tmp')
  mkdirSync(temp)
  // PostgreSQL runs as another user when we are root, and must reach its folder.
  chmodSync(folder, 0o755)
  chmodSync(temp, 0o1777)
  const port = await freePort()
  const out = join(folder, 'out')
  // Every process below carries it, so that nothing can hide.
  const env = { TMPDIR: temp, E2E_BENCH: id }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(join(folder, 'server.mjs'), targetServer)

  const write = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const cli = (args: readonly string[], options: Partial<CliOptions> = {}): Promise<CliResult> =>
    runCli(args, { cwd: folder, ...options, env: { ...env, ...options.env } })
  const lines = (path: string): readonly unknown[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line))

  return {
    folder,
    out,
    temp,
    env,
    port,
    write,
    cli,
    plan: (source) =>
      write(
        'test.plan.ts',
        `import { csv, env, fault, json, metric, plan, probe, scenario, service } from 'proofload'\n${source}\n`,
      ),
    start: (behaviour, ...args) => `node server.mjs ${port} ${behaviour} ${args.join(' ')}`.trim(),
    run: (args = [], options = {}) =>
      cli(
        ['run', 'test.plan.ts', '--out', out, ...(args.includes('--reporter') ? [] : ['--reporter', 'line,json']), ...args],
        options,
      ),
    result: (run = out) => JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')) as RunResult, // the contract of that file
    events: (run = out) => lines(join(run, 'events.ndjson')) as RunEvent[], // written by the program under test, in that format
    windows: (run = out) => lines(join(run, 'windows.ndjson')) as WindowLine[], // likewise
    processes: () => processesOf(id, folder),
    async leftovers(withinMs = 3000) {
      const deadline = performance.now() + withinMs
      for (;;) {
        const found = [
          ...processesOf(id, folder).map(({ pid, command }) => `process ${pid}: ${command}`),
          ...temporary(temp),
          ...((await isFree(port)) ? [] : [`port ${port} is taken`]),
        ]
        if (found.length === 0 || performance.now() >= deadline) return found
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    dispose() {
      for (const { pid } of processesOf(id, folder)) kill(pid)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
      return Promise.resolve()
    },
  }
}

/** Runs a test on a bench of its own, which is cleared away afterwards, whatever happened. */
export async function withBench<T>(body: (bench: TestBench) => Promise<T>): Promise<T> {
  const bench = await createBench()
  try {
    return await body(bench)
  } finally {
    await bench.dispose()
  }
}

export interface FoundProcess {
  readonly pid: number
  readonly command: string
}

/** Living processes with the bench's mark in their environment or its folder on their command line. */
export function processesOf(id: string, folder: string): readonly FoundProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim()
      // A zombie has no command line any more.
      if (command === '') return []
      return read(`/proc/${name}/environ`).includes(id) || command.includes(folder) ? [{ pid: Number(name), command }] : []
    })
}

/** Folders that the program made for itself, journals of runs that are not over, and runs that say of themselves that they go on. */
function temporary(temp: string): readonly string[] {
  return readdirSync(temp).flatMap((name) => {
    // PostgreSQL's programs are copied once and used again; a copy that was not finished has an ending.
    if (!name.startsWith('proofload-') || (name.startsWith('proofload-postgres-') && !/\.[0-9a-f]{8}$/.test(name))) return []
    if (name.startsWith('proofload-runs-')) return activeIn(join(temp, name))
    if (name.startsWith('proofload-journal-')) return readdirSync(join(temp, name)).map((journal) => `journal ${journal}`)
    return [`folder ${name}`]
  })
}

/** Entries of killed processes stay until somebody lists them, and mean nothing until then. */
function activeIn(registry: string): readonly string[] {
  return readdirSync(registry).filter((name) => {
    const pid = /"pid":(\d+)/.exec(read(join(registry, name)))?.[1]
    return pid === undefined || read(`/proc/${pid}/cmdline`) !== ''
  })
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // The process has ended meanwhile, or is not ours to look into.
    return ''
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
