import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ToolError } from '../../base/errors.ts'
import { shellWord } from '../../base/shell-word.ts'
import { maskSecrets } from '../../base/secrets.ts'
import type { RunResult } from '../../model/run-result.ts'
import type { LoadedPlan, PrepareOptions } from '../../run/index.ts'
import {
  defaultOutFolder,
  defaultWorkers,
  drawSeed,
  planToResume,
  preparePlan,
  preparePlans,
  readUnfinishedRun,
  runPlan,
} from '../../run/index.ts'
import { worstExitCode } from '../../verdicts/index.ts'
import { describePlan } from '../describe-plan.ts'
import type { CommandInput } from '../command-input.ts'
import type { OptionReader } from '../option-values.ts'
import { flagOf, readOptions } from '../option-values.ts'
import { planFiles } from '../plan-files.ts'
import { printError } from '../print-error.ts'
import { openScratch } from '../scratch.ts'
import { createObserver } from '../screen.ts'
import { writeIndex } from '../write-index.ts'

/** `proofload run`: one run after another for several plans, one result folder each. */
export async function run({ args, options }: CommandInput): Promise<number> {
  const read = readOptions(options)
  const resumed = read.text('resume')
  if (resumed !== undefined) return resume(resumed, args, read)
  const workers = read.whole('workers', 1, 64) ?? defaultWorkers()
  const seed = read.whole('seed', 0, 2 ** 31 - 1) ?? drawSeed()
  const opened = openScratch()
  const scratch = opened.path
  try {
    const files = planFiles(args, read, scratch)
    // All plans are read before the first one runs: a mistake in the last is not found an hour later.
    const plans = await preparePlans(files, { scratch, ...selection(read) })
    if (read.flag('dryRun')) {
      for (const plan of plans) process.stdout.write(maskSecrets(describePlan(plan, { workers, seed }), plan.secrets))
      return 0
    }
    return await runAll(plans, { read, workers, seed, scratch })
  } finally {
    opened.remove()
  }
}

/** What a resumed run takes from its record, and therefore from nowhere else. */
const recorded = [
  'suite',
  'test',
  'quick',
  'config',
  'set',
  'objective',
  'stopWhen',
  'isolate',
  'target',
  'seed',
  'workers',
  'coresMaySleep',
  'normalPriority',
  'out',
  'dryRun',
  'debug',
  'users',
  'arrivals',
  'for',
] as const

/** `--resume RUN`: the plan, its seed and its tests are those of the record. */
async function resume(path: string, args: readonly string[], read: OptionReader): Promise<number> {
  const given = recorded.filter((name) => read.has(name))
  if (given.length > 0)
    throw new ToolError(
      'OPTION_INVALID',
      `Expected nothing beside --resume but the plan and --reporter, got ${given.map(flagOf).join(', ')}.`,
      {
        hint: 'A resumed run goes on with the tests, the seed and the folder of its record.',
      },
    )
  const run = readUnfinishedRun(path)
  const [file = run.header.plan.file, ...others] = args
  if (others.length > 0) throw new ToolError('OPTION_INVALID', `Expected one plan at most beside --resume, got ${args.length}.`)
  const opened = openScratch()
  const scratch = opened.path
  try {
    const loaded = await preparePlan({ file, scratch })
    const outcome = await runPlan({
      plan: planToResume(loaded, run),
      outFolder: run.folder,
      seed: run.header.seed,
      workers: run.header.workers,
      coresMaySleep: run.header.machine.coresAwake === false,
      normalPriority: run.header.machine.realtimeGenerator === false,
      command: run.header.command,
      debug: false,
      observer: createObserver({ reporters: read.list('reporter'), debug: false }),
      scratch,
      resume: run,
    })
    if (outcome.error !== undefined) printError(outcome.error)
    return outcome.result.exitCode
  } finally {
    opened.remove()
  }
}

function selection(read: OptionReader): Omit<PrepareOptions, 'file' | 'scratch'> {
  const target = read.text('target')
  return {
    suites: read.list('suite'),
    tests: read.list('test'),
    quick: read.flag('quick'),
    configs: read.list('config'),
    settings: read.list('set'),
    objectives: read.list('objective'),
    stopWhen: read.list('stopWhen'),
    isolate: read.flag('isolate'),
    ...(target === undefined ? {} : { target }),
  }
}

interface RunAllOptions {
  readonly read: OptionReader
  readonly workers: number
  readonly seed: number
  readonly scratch: string
}

async function runAll(plans: readonly LoadedPlan[], { read, workers, seed, scratch }: RunAllOptions): Promise<number> {
  const out = read.text('out') ?? (plans.length > 1 ? defaultOutFolder(`${plans.length}-plans`, new Date()) : undefined)
  const names = folderNames(plans)
  const results: { result: RunResult; folder: string }[] = []
  for (const [i, plan] of plans.entries()) {
    const folder =
      out === undefined ? defaultOutFolder(plan.spec.name, new Date()) : plans.length === 1 ? out : join(out, names[i] ?? '')
    const observer = createObserver({ reporters: read.list('reporter'), debug: read.flag('debug') })
    const outcome = await runPlan({
      plan,
      outFolder: folder,
      seed,
      workers: read.flag('debug') ? 1 : workers,
      command: commandLine(plan, seed),
      debug: read.flag('debug'),
      coresMaySleep: read.flag('coresMaySleep'),
      normalPriority: read.flag('normalPriority'),
      observer,
      scratch,
    })
    results.push(
      read.flag('debug') ? { ...outcome, result: { ...outcome.result, exitCode: debugStatus(outcome.result) } } : outcome,
    )
    if (outcome.error !== undefined) printError(outcome.error)
    if (outcome.result.exitCode === 130 || isStopFromOutside(outcome.error)) break
  }
  if (out !== undefined && plans.length > 1) {
    writeIndex(out, results)
    process.stdout.write(`All plans: ${join(out, 'index.html')}\n`)
  }
  return worstExitCode(results.map(({ result }) => result.exitCode))
}

/** Of several plans with one name each has a folder of its own. */
function folderNames(plans: readonly LoadedPlan[]): readonly string[] {
  const seen = new Map<string, number>()
  return plans.map(({ spec: { name } }) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name}-${times}`
  })
}

/** Meant for this process, not for one of its plans. */
function isStopFromOutside(error: unknown): boolean {
  return error instanceof ToolError && (error.code === 'STOPPED' || error.code === 'HALTED')
}

/** One iteration cannot carry a verdict: what counts is whether it could be run, and whether everything in it went well. */
function debugStatus({ exitCode, tests }: RunResult): number {
  if (exitCode !== 0 && exitCode !== 1 && exitCode !== 3) return exitCode
  const requests = tests.reduce((sum, { totals }) => sum + totals.requests, 0)
  const failed = tests.reduce((sum, { totals }) => sum + totals.failed, 0)
  const wrong = failed > 0 || tests.some(({ checks, errors }) => errors.length > 0 || checks.some((check) => check.failed > 0))
  process.stdout.write(
    `One iteration of each scenario, not judged: ${requests} request${requests === 1 ? '' : 's'}, ${failed} failed.\n`,
  )
  return wrong ? 1 : 0
}

/** How to run this again: the arguments as given, with the seed. */
function commandLine(plan: LoadedPlan, seed: number): string {
  const args = process.argv
    .slice(2)
    .filter((arg, i, all) => arg !== '--seed' && all[i - 1] !== '--seed' && !arg.startsWith('--seed='))
  const quoted = args.map(shellWord)
  if (!existsSync(plan.spec.file)) return `proofload ${quoted.join(' ')} --seed ${seed}`
  return `proofload ${quoted.length > 0 ? quoted.join(' ') : `run ${basename(plan.spec.file)}`} --seed ${seed}`
}
