import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromNpm, number, onPath, packageVersion, plans, proofloadCommand, readJson, root } from './tools.ts'
import type { Task, Tool } from './tools.ts'

export type Registry = Readonly<Record<string, (task: Task) => Tool | undefined>>

function own(plan: string, more: (task: Task) => Readonly<Record<string, string>> = () => ({})): Registry[string] {
  return (task) => ({
    name: 'proofload',
    version: packageVersion(root),
    command: proofloadCommand(plan, task.folder),
    env: { BENCH_TARGET: task.url, BENCH_USERS: String(task.users), BENCH_FOR: `${task.seconds}s`, ...more(task) },
    p99Ms: (_, written) => number(readJson(join(written, 'out', 'result.json')), 'tests', 0, 'latencyMs', 'p99'),
  })
}

/** A client of ours that does nothing but what is asked, with the package that proofload uses. */
function bare(pkg: string, client: string, args: (task: Task) => readonly string[]): Registry[string] {
  const file = join(root, 'benchmarks', 'clients', client)
  return (task) => ({
    name: `bare ${pkg}`,
    version: pkg === 'sockets' ? process.version : packageVersion(join(root, 'node_modules', pkg)),
    // It runs in a folder of its own, where no package is found.
    command: [process.execPath, '--import', import.meta.resolve('tsx'), file, ...args(task)],
    p99Ms: () => null,
  })
}

const ofSockets = (task: Task): string[] => [`${task.url.replace('http', 'ws')}/ws`, String(task.users), String(task.seconds)]

/** Messages sent and answered. */
export const webSocketTools: Registry = {
  proofload: own('echo-ws.plan.ts'),
  'bare ws': bare('ws', 'bare-ws.ts', ofSockets),
  artillery: (task) => {
    const file = join(task.folder, 'artillery.json')
    if (existsSync(task.folder)) writeFileSync(file, JSON.stringify(artilleryPlan(task)))
    const tool = fromNpm('artillery', ['run', file], () => null)
    return tool && { ...tool, env: { ARTILLERY_DISABLE_TELEMETRY: 'true', BENCH_FOR: String(task.seconds) } }
  },
  k6: ({ url, users, seconds }) => {
    const tool = onPath('k6', ['version'], ['run', '--quiet', '--no-usage-report', join(plans, 'echo-ws.k6.js')], () => null)
    return tool && { ...tool, env: { BENCH_TARGET: url, BENCH_USERS: String(users), BENCH_FOR: `${seconds}s` } }
  },
}

/** Its engine waits for an answer where something is captured from it. */
function artilleryPlan({ url, users }: Task): unknown {
  const send = { payload: { type: 'say', text: 'hello' }, capture: { json: '$.text', as: 'text' } }
  return {
    config: {
      target: `${url.replace('http', 'ws')}/ws`,
      phases: [{ duration: 1, arrivalCount: users }],
      processor: join(plans, 'artillery-until.cjs'),
    },
    scenarios: [{ engine: 'ws', flow: [{ loop: [{ send }], whileTrue: 'notYet' }] }],
  }
}

/** Connections opened and closed. */
export const openingTools: Registry = {
  proofload: own('open-ws.plan.ts'),
  'bare ws': bare('ws', 'bare-ws.ts', (task) => [...ofSockets(task), 'open']),
}

export function lineTools(port: string): Registry {
  return {
    proofload: own('echo-tcp.plan.ts', () => ({ BENCH_LINES: port })),
    'bare sockets': bare('sockets', 'bare-tcp.ts', ({ users, seconds }) => [port, String(users), String(seconds)]),
  }
}

/** One prepared statement after the other. */
export const statementTools: Registry = {
  proofload: own('one-statement.plan.ts', ({ url }) => ({ BENCH_DATABASE: url })),
  'bare pg': bare('pg', 'bare-pg.ts', ({ url, users, seconds }) => [url, String(users), String(seconds)]),
  pgbench: ({ url, users, seconds }) => {
    const load = ['-n', '-M', 'prepared', '-c', String(users), '-j', '1', '-T', String(seconds)]
    const args = [...load, '-f', join(plans, 'one-statement.pgbench.sql'), url]
    return onPath('pgbench', ['--version'], args, () => null)
  },
}
