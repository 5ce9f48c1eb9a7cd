import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDatabaseTarget } from './database-target.ts'
import { startEchoTarget } from './echo-target.ts'
import type { Goal } from './goals.ts'
import { extraSec, measure } from './measure.ts'
import type { Registry } from './protocol-tools.ts'
import { lineTools, openingTools, statementTools, webSocketTools } from './protocol-tools.ts'
import { compareTools } from './rounds.ts'
import type { ToolResult } from './rounds.ts'
import type { Target } from './target.ts'
import { number, proofloadCommand } from './tools.ts'

/** What one round trip is, who makes it, and how many at once. */
export interface ProtocolResult {
  readonly title: string
  readonly unit: string
  readonly users: number
  readonly target: string
  readonly results: readonly ToolResult[]
}

export interface Protocols {
  readonly compared: readonly ProtocolResult[]
  /** Ten thousand WebSockets of one worker that say next to nothing. */
  readonly idle: {
    readonly connections: number
    readonly processBytes: number
    readonly treeBytes: number
    readonly failed: number
  }
}

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly only: readonly string[]
  readonly say: (line: string) => void
}

export async function measureProtocols(options: Options): Promise<Protocols> {
  const compared: ProtocolResult[] = []
  const compare = async (title: string, target: Target, how: { unit: string; users: number; from: Registry }): Promise<void> => {
    options.say(`${title}, ${how.users} at once, ${target.name}`)
    const results = await compareTools(target, { ...options, ...how })
    compared.push({ title, unit: how.unit, users: how.users, target: target.name, results })
  }
  const echo = await startEchoTarget()
  let idle: Protocols['idle']
  try {
    await compare('WebSocket messages sent and answered', echo, { unit: 'message', users: 50, from: webSocketTools })
    await compare('WebSockets opened and closed', echo.opened, { unit: 'connection', users: 20, from: openingTools })
    await compare('Lines over TCP sent and answered', echo, { unit: 'line', users: 50, from: lineTools(echo.linesPort) })
    options.say('10,000 idle WebSockets …')
    idle = await measureIdle(echo.opened)
  } finally {
    await echo.stop()
  }
  const database = await startDatabaseTarget()
  try {
    await compare('SQL statements', database, { unit: 'statement', users: 10, from: statementTools })
  } finally {
    await database.stop()
  }
  return { compared, idle }
}

const idleSec = 20

async function measureIdle(target: Target): Promise<Protocols['idle']> {
  const folder = mkdtempSync(join(tmpdir(), 'proofload-bench-idle-'))
  try {
    const command = proofloadCommand('idle-ws.plan.ts', folder)
    const tool = { name: 'idle-ws.plan.ts', version: '', command, env: { BENCH_TARGET: target.url }, p99Ms: () => null }
    const measured = await measure(tool, target, { seconds: idleSec - extraSec, folder })
    const result: unknown = JSON.parse(readFileSync(join(folder, 'out', 'result.json'), 'utf8'))
    return {
      connections: measured.peakConnections,
      processBytes: measured.peakOfLargestBytes,
      treeBytes: measured.peakBytes,
      failed: number(result, 'tests', 0, 'totals', 'failed') ?? NaN,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function judgeProtocols({ compared, idle }: Protocols): Goal[] {
  const [messages, openings] = compared
  const median = (of: ProtocolResult | undefined, name: string) => of?.results.find((result) => result.name === name)?.median
  const [own, bare] = [median(messages, 'proofload'), median(messages, 'bare ws')]
  const [perSec, perCpu] = [(own?.perSec ?? NaN) / (bare?.perSec ?? NaN), (bare?.cpuMicros ?? NaN) / (own?.cpuMicros ?? NaN)]
  const opened = median(openings, 'proofload')?.perSec ?? NaN
  const known = (value: number, met: boolean): boolean | undefined => (Number.isNaN(value) ? undefined : met)
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
  return [
    {
      text: 'WebSocket messages sent and answered at 0.75 of the rate of the bare `ws` client or more',
      measured: `${perSec.toFixed(2)} × (${perCpu.toFixed(2)} × in a CPU second)`,
      met: known(perSec, perSec >= 0.75),
    },
    { text: '700 WebSockets opened a second or more', measured: `${opened.toFixed(0)}/s`, met: known(opened, opened >= 700) },
    {
      text: '10,000 idle WebSocket users on one worker in 400 MB',
      measured: `${megabytes(idle.processBytes)} (${megabytes(idle.treeBytes)} with its supervisor), ${idle.connections} connections, ${idle.failed} failed requests`,
      met: idle.connections >= 10_000 && idle.failed === 0 && idle.processBytes <= 400e6,
    },
  ]
}
