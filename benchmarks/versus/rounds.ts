import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extraSec, measure } from './measure.ts'
import type { Measured } from './measure.ts'
import type { Target } from './target.ts'
import { tools } from './tools.ts'
import type { Task, Tool } from './tools.ts'

export interface ToolResult {
  readonly name: string
  readonly version: string
  readonly rounds: readonly Measured[]
  readonly median: Measured
  /** Why it has no figures. */
  readonly failure?: string
}

export interface RoundOptions {
  readonly rounds: number
  readonly seconds: number
  readonly users: number
  readonly only: readonly string[]
  readonly say: (line: string) => void
  /** Those that are compared; default: those that ask for a document by HTTP. */
  readonly from?: Readonly<Record<string, (task: Task) => Tool | undefined>>
  /** What is counted. */
  readonly unit?: string
}

/** Every tool once a round, one after the other, so that what the machine does meanwhile falls on all of them alike. */
export async function compareTools(target: Target, options: RoundOptions): Promise<ToolResult[]> {
  const { rounds, seconds, users, only, say, from = tools, unit = 'request' } = options
  const names = Object.keys(from).filter((name) => only.length === 0 || only.includes(name))
  const results = new Map<string, { version: string; rounds: Measured[]; failures: string[] }>()
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      const folder = mkdtempSync(join(tmpdir(), `proofload-bench-${name}-`))
      try {
        const tool = from[name]?.({ url: target.url, users, seconds: seconds + extraSec, folder })
        if (!tool) continue
        const result = results.get(name) ?? { version: tool.version, rounds: [], failures: [] }
        results.set(name, result)
        if (result.failures.length > 1) continue
        const measured = await measure(tool, target, { seconds, folder })
        result.rounds.push(measured)
        say(
          `round ${round}  ${name.padEnd(10)} ${measured.perSec.toFixed(0).padStart(7)}/s  ${measured.cpuMicros.toFixed(2)} µs a ${unit}`,
        )
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        results.get(name)?.failures.push(message)
        say(`round ${round}  ${name}: ${message}`)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }
  }
  return [...results].map(([name, result]) => ({
    name,
    version: result.version,
    rounds: result.rounds,
    median: medianOf(result.rounds),
    ...(result.failures.length > 0 ? { failure: result.failures.join('; ') } : {}),
  }))
}

function medianOf(rounds: readonly Measured[]): Measured {
  const of = (value: (round: Measured) => number): number => median(rounds.map(value))
  const p99s = rounds.flatMap(({ p99Ms }) => p99Ms ?? [])
  return {
    perSec: of((round) => round.perSec),
    cpuMicros: of((round) => round.cpuMicros),
    wholeCpuMicros: of((round) => round.wholeCpuMicros),
    p99Ms: p99s.length > 0 ? median(p99s) : null,
    peakBytes: of((round) => round.peakBytes),
    peakOfLargestBytes: of((round) => round.peakOfLargestBytes),
    peakConnections: of((round) => round.peakConnections),
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2
}
