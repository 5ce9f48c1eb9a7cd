import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandPath, versionOf } from './commands.ts'
import type { Role } from './cores.ts'

export interface Task {
  readonly url: string
  readonly users: number
  readonly seconds: number
  /** An empty folder for what the tool writes. */
  readonly folder: string
}

/** A load tool: how it is started with N users who ask for `/item` without pause, and where it says its 99th percentile. */
export interface Tool {
  readonly name: string
  readonly version: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Default: the generator's core. */
  readonly role?: Role
  /** Milliseconds; null when the tool did not say. */
  p99Ms(output: string, folder: string): number | null
}

export const root = join(import.meta.dirname, '..', '..')
export const plans = join(root, 'benchmarks', 'plans')
const installed = join(root, 'benchmarks', 'node_modules')

/** Each makes the tool for a task, or nothing when it is not there. */
export const tools: Readonly<Record<string, (task: Task) => Tool | undefined>> = {
  proofload: ({ url, users, seconds, folder }) => ({
    name: 'proofload',
    version: packageVersion(root),
    command: proofloadCommand('one-check.plan.ts', folder),
    env: { BENCH_TARGET: url, BENCH_USERS: String(users), BENCH_FOR: `${seconds}s` },
    p99Ms: (_, written) => number(readJson(join(written, 'out', 'result.json')), 'tests', 0, 'latencyMs', 'p99'),
  }),
  wrk: ({ url, users, seconds }) =>
    onPath('wrk', ['-v'], ['-t1', `-c${users}`, `-d${seconds}`, '--latency', `${url}/item`], (output) => {
      const [, value, unit] = /^\s+99%\s+([\d.]+)(us|ms|s)\b/m.exec(output) ?? []
      return value === undefined ? null : Number(value) * (unit === 'us' ? 0.001 : unit === 's' ? 1000 : 1)
    }),
  hey: ({ url, users, seconds }) =>
    onPath('hey', ['-h'], ['-c', String(users), '-z', `${seconds}s`, `${url}/item`], (output) => {
      const [, sec] = /99% in ([\d.]+) secs/.exec(output) ?? []
      return sec === undefined ? null : Number(sec) * 1000
    }),
  autocannon: ({ url, users, seconds }) =>
    fromNpm('autocannon', ['-c', String(users), '-d', String(seconds), '--json', '--no-progress', `${url}/item`], (output) =>
      number(JSON.parse(output), 'latency', 'p99'),
    ),
  artillery: (task) => {
    const file = join(task.folder, 'artillery.json')
    const { folder } = task
    if (existsSync(folder)) writeFileSync(file, JSON.stringify(artilleryPlan(task)))
    const args = ['run', '--output', join(folder, 'report.json'), file]
    const p99 = (): number | null =>
      number(readJson(join(folder, 'report.json')), 'aggregate', 'summaries', 'http.response_time', 'p99')
    const tool = fromNpm('artillery', args, p99)
    return tool && { ...tool, env: { ARTILLERY_DISABLE_TELEMETRY: 'true', BENCH_FOR: String(task.seconds) } }
  },
  k6: ({ url, users, seconds, folder }) => {
    const report = join(folder, 'k6.json')
    const args = ['run', '--quiet', '--no-usage-report', '--summary-export', report, join(plans, 'one-check.k6.js')]
    const tool = onPath('k6', ['version'], args, () => number(readJson(report), 'metrics', 'http_req_duration', 'p(99)'))
    return tool && { ...tool, env: { BENCH_TARGET: url, BENCH_USERS: String(users), BENCH_FOR: `${seconds}s` } }
  },
  locust: ({ url, users, seconds, folder }) => {
    const count = String(users)
    const args = ['-f', join(plans, 'one_check_locust.py'), '--headless', '-u', count, '-r', count, '-t', `${seconds}s`]
    const files = ['-H', url, '--csv', join(folder, 'locust'), '--only-summary']
    return onPath('locust', ['--version'], [...args, ...files], () => {
      const [header = '', line = ''] = readFileSync(join(folder, 'locust_stats.csv'), 'utf8').split('\n')
      return Number(line.split(',')[header.split(',').indexOf('99%')])
    })
  },
}

export function proofloadCommand(plan: string, folder: string): string[] {
  const program = join(root, 'bin', 'proofload.js')
  return [process.execPath, program, 'run', join(plans, plan), '--out', join(folder, 'out'), '--workers', '1']
}

/** All users come in the first second, and each stays in its loop until the time is over. */
function artilleryPlan({ url, users }: Task): unknown {
  return {
    config: { target: url, phases: [{ duration: 1, arrivalCount: users }], processor: join(plans, 'artillery-until.cjs') },
    scenarios: [{ flow: [{ loop: [{ get: { url: '/item' } }], whileTrue: 'notYet' }] }],
  }
}

export function onPath(name: string, ask: readonly string[], args: readonly string[], p99Ms: Tool['p99Ms']): Tool | undefined {
  const path = commandPath(name)
  return path === undefined ? undefined : { name, version: versionOf(name, ask), command: [path, ...args], p99Ms }
}

export function fromNpm(name: string, args: readonly string[], p99Ms: Tool['p99Ms']): Tool | undefined {
  const program = join(installed, '.bin', name)
  if (!existsSync(program)) return undefined
  return { name, version: packageVersion(join(installed, name)), command: [process.execPath, program, ...args], p99Ms }
}

export function packageVersion(folder: string): string {
  // A package's manifest always has a version.
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
}

export function readJson(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** The number at a path in something parsed; null when there is none. */
export function number(value: unknown, ...path: readonly (string | number)[]): number | null {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return null
    // Whatever it is, it is looked at again before it is used.
    at = (at as Record<string | number, unknown>)[key]
  }
  return typeof at === 'number' ? at : null
}
