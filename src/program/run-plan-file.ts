import { rmSync } from 'node:fs'
import { messageOf } from '../base/errors.ts'
import { makeScratchFolder } from '../base/scratch-folder.ts'
import { shellWord } from '../base/shell-word.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunResult } from '../model/run-result.ts'
import type { Reporter, ReporterName } from '../report/index.ts'
import { createReporters, multiplex } from '../report/index.ts'
import { defaultOutFolder, defaultWorkers, drawSeed, preparePlan, runPlan } from '../run/index.ts'

/** What `proofload run PLAN` takes on the command line, as an object. */
export interface RunFileOptions {
  /** The short form of every test that has one. */
  readonly quick?: boolean
  /** Only the tests of these suites. */
  readonly suites?: readonly string[]
  /** Only the tests of these names. */
  readonly tests?: readonly string[]
  /** Folder of the run record; default `.proofload/runs/TIME-PLAN`. */
  readonly out?: string
  /** Judge by these instead of the plan's own objectives. */
  readonly objectives?: readonly string[]
  /** Stop by these instead of the plan's own conditions: `['generator.memory > 1GB', 'test.time > 60s']`. The guards of the machine stay. */
  readonly stopWhen?: readonly string[]
  /** `PATH=VALUE`, as `--set` takes them: `tests.peak.for=30s`. */
  readonly settings?: readonly string[]
  /** YAML files to overlay, later ones on top. */
  readonly configs?: readonly string[]
  /** Test this address instead of the plan's target; nothing is started there. */
  readonly target?: string
  /** Every test begins with the data as `setup` has left it. */
  readonly isolate?: boolean
  /** Seed of all randomness; default: drawn, and written in the record. */
  readonly seed?: number
  /** Generator threads; default: one less than the cores, at least one. */
  readonly workers?: number
  /** Aborting it ends the run as Ctrl-C does: gracefully, with a verdict `interrupted`. */
  readonly signal?: AbortSignal
  /** Called for every event of the run record, in order. */
  readonly onEvent?: (event: RunEvent) => void
  /** What shows or writes the run: names as `--reporter` takes them (`'html'`, `'line'`), or reporters of your own. Default: none. */
  readonly reporters?: readonly (ReporterName | Reporter)[]
}

/**
 * Runs a plan from a program, to its verdict. Nothing is printed, and nothing is written but the run record in `out`, unless
 * `reporters` says so; `proofload report` makes every report from the record later. Objectives that fail, a target that dies and a run that is not valid are results, not exceptions. While
 * it runs, Ctrl-C ends the run instead of the program.
 * @example
 * const result = await runPlan('shop.plan.ts', { quick: true, tests: ['50 users'], seed: 7 })
 * if (result.exitCode !== 0) console.error(result.tests.map((test) => `${test.name}: ${test.reason}`).join('\n'))
 * @throws ToolError the plan or an option is wrong, or `out` cannot be written: nothing was started
 * @throws the reason of `signal` when it was aborted before the run began
 */
export async function runPlanFile(file: string, options: RunFileOptions = {}): Promise<RunResult> {
  const { out, seed = drawSeed(), workers = defaultWorkers(), signal, onEvent, reporters = [], ...selection } = options
  const scratch = makeScratchFolder()
  try {
    const plan = await preparePlan({ file, scratch, ...selection })
    signal?.throwIfAborted()
    const { result } = await runPlan({
      plan,
      outFolder: out ?? defaultOutFolder(plan.spec.name, new Date()),
      seed,
      workers,
      command: commandLine(file, options, seed),
      debug: false,
      scratch,
      observer: oneReporter(onEvent === undefined ? reporters : [...reporters, { onEvent }]),
      ...(signal === undefined ? {} : { signal }),
    })
    return result
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** A reporter that throws harms neither the run nor the others; its program hears of it as a warning of the process. */
function oneReporter(reporters: readonly (ReporterName | Reporter)[]): Reporter {
  const warn = (name: string, error: unknown): void =>
    process.emitWarning(`The reporter ${name} failed, the run goes on without it: ${messageOf(error)}`, 'ProofloadWarning')
  const names = reporters.filter((reporter) => typeof reporter === 'string')
  const own = reporters.filter((reporter) => typeof reporter !== 'string')
  return multiplex(
    {
      named: createReporters(names, { out: process.stdout, err: process.stderr, env: process.env }, warn),
      ...Object.fromEntries(own.map((reporter, i) => [`number ${i + 1} of the program`, reporter])),
    },
    warn,
  )
}

/** The same run from a shell. */
function commandLine(file: string, options: RunFileOptions, seed: number): string {
  const each = (flag: string, values: readonly string[] = []): string[] => values.flatMap((value) => [flag, value])
  const words = [
    ...['proofload', 'run', file],
    ...each('--suite', options.suites),
    ...each('--test', options.tests),
    ...(options.quick === true ? ['--quick'] : []),
    ...each('--config', options.configs),
    ...each('--set', options.settings),
    ...each('--objective', options.objectives),
    ...each('--stop-when', options.stopWhen),
    ...(options.isolate === true ? ['--isolate'] : []),
    ...(options.target === undefined ? [] : ['--target', options.target]),
    ...(options.workers === undefined ? [] : ['--workers', String(options.workers)]),
    ...['--seed', String(seed)],
  ]
  return words.map(shellWord).join(' ')
}
