import type { Extremes } from './extremes.ts'
import type { ToolResult } from './rounds.ts'

export interface Goal {
  readonly text: string
  readonly measured: string
  /** Undefined: the tool to compare with is not here. */
  readonly met: boolean | undefined
}

const megabyte = 1e6

/** What this project promises about its speed. Ratios are of medians over the rounds. */
export function judgeRequests(results: readonly ToolResult[]): Goal[] {
  const cpu = (name: string): number => results.find((result) => result.name === name)?.median.cpuMicros ?? NaN
  const own = cpu('proofload')
  const ratio = (text: string, value: number, met: (value: number) => boolean): Goal => ({
    text,
    measured: Number.isNaN(value) ? 'not measured: the tool is not here' : `${value.toFixed(2)} ×`,
    met: Number.isNaN(value) ? undefined : met(value),
  })
  return [
    ratio('generator CPU for a request at most 1.35 × that of wrk', own / cpu('wrk'), (value) => value <= 1.35),
    ratio('at least 4 × the requests of k6 in a CPU second', cpu('k6') / own, (value) => value >= 4),
    ratio('at least 1.3 × the requests of autocannon in a CPU second', cpu('autocannon') / own, (value) => value >= 1.3),
    ratio('at least 25 × the requests of Artillery in a CPU second', cpu('artillery') / own, (value) => value >= 25),
  ]
}

export function judgeExtremes({ users, arrivals }: Extremes): Goal[] {
  const intact = users.failed === 0 && users.checksFailed === 0
  const punctual = arrivals.perSec > 4900 && arrivals.failed === 0
  return [
    {
      text: '10,000 users, each with a socket and a jar, in 250 MB',
      measured: `${(users.processBytes / megabyte).toFixed(0)} MB (${(users.treeBytes / megabyte).toFixed(0)} MB with its supervisor), ${users.connections} connections, ${users.failed} failed requests, ${users.checksFailed} failed checks`,
      met: users.connections >= 10_000 && intact && users.processBytes <= 250 * megabyte,
    },
    {
      text: '5,000 arrivals a second, slip p99 below 1 ms',
      measured: `${arrivals.perSec.toFixed(0)}/s, slip p50 ${arrivals.slipP50Ms.toFixed(3)} ms, p99 ${arrivals.slipP99Ms.toFixed(3)} ms, validity ${arrivals.validity}`,
      met: punctual && arrivals.slipP99Ms < 1,
    },
  ]
}
