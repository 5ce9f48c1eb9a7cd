import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { bound, pinned } from './cores.ts'
import { readTree } from './process-tree.ts'
import type { TreeUse } from './process-tree.ts'
import type { Target } from './target.ts'
import type { Tool } from './tools.ts'

/** One run of one tool. Requests are counted by the target, so that all tools are counted alike. */
export interface Measured {
  readonly perSec: number
  /** User and system time of the tool's whole process tree for a request, while the load is steady. */
  readonly cpuMicros: number
  /** The same over the whole run, with start, warm-up of the code and report. */
  readonly wholeCpuMicros: number
  readonly p99Ms: number | null
  readonly peakBytes: number
  readonly peakOfLargestBytes: number
  readonly peakConnections: number
}

/** Load before the measurement begins: connections are made, and just-in-time compilers have done most of their work. */
export const settleSec = 2
/** What a tool is asked to run longer than it is measured. */
export const extraSec = settleSec + 2
const pollMs = 250
/** More requests than our own polling makes. */
const begun = 200
const patienceSec = 60

interface Running {
  readonly pid: number
  readonly alive: () => boolean
  readonly output: () => string
  /** CPU of everything that ran, once it has ended. */
  readonly ended: Promise<{ readonly status: number | null; readonly cpuMs: number }>
}

/** The shell's `times` gives the CPU of everything below it that has ended, which nothing else does so simply. */
const timed = '"$@"; status=$?; times >&3; exit $status'

function start(tool: Tool, folder: string): Running {
  const [file = '', ...args] = bound(['sh', '-c', timed, 'sh', ...pinned(tool.role ?? 'generator', tool.command)])
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...tool.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const pid = child.pid
  if (pid === undefined) throw new Error(`${tool.name} could not be started`)
  let [output, times] = ['', '']
  child.stdout?.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr?.resume()
  child.stdio[3]?.on('data', (data: Buffer) => (times += data.toString()))
  return {
    pid,
    alive: () => child.exitCode === null && child.signalCode === null,
    output: () => output,
    ended: once(child, 'close').then(() => ({ status: child.exitCode, cpuMs: parseTimes(times) })),
  }
}

/** `0m0.00s 0m0.00s` of the shell, then the same of its children. */
function parseTimes(text: string): number {
  const children = text.trim().split('\n')[1] ?? ''
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60_000 + Number(s) * 1000, 0)
}

export async function measure(tool: Tool, target: Target, options: { seconds: number; folder: string }): Promise<Measured> {
  const before = await target.count()
  const running = start(tool, options.folder)
  const peak = { tree: 0, largest: 0, connections: 0 }
  const look = async (): Promise<{ use: TreeUse; requests: number; ms: number }> => {
    const use = readTree(running.pid)
    const { requests, connections } = await target.count()
    peak.tree = Math.max(peak.tree, use.residentBytes)
    peak.largest = Math.max(peak.largest, use.peakOfLargestBytes)
    peak.connections = Math.max(peak.connections, connections)
    return { use, requests, ms: performance.now() }
  }
  const lookFor = async (ms: number): Promise<Awaited<ReturnType<typeof look>>> => {
    const until = performance.now() + ms
    while (until - performance.now() > pollMs) {
      await sleep(pollMs)
      await look()
    }
    await sleep(Math.max(0, until - performance.now()))
    return look()
  }
  try {
    const patience = performance.now() + patienceSec * 1000
    for (let now = await look(); now.requests - before.requests < begun; now = await look()) {
      if (!running.alive() || performance.now() > patience) throw new Error(`${tool.name} made no load`)
      await sleep(50)
    }
    const from = await lookFor(settleSec * 1000)
    const to = await lookFor(options.seconds * 1000)
    if (!running.alive()) throw new Error(`${tool.name} ended before its measurement did`)
    const limit = performance.now() + patienceSec * 1000
    while (running.alive()) {
      if (performance.now() > limit) throw new Error(`${tool.name} did not end`)
      await lookFor(pollMs)
    }
    const { cpuMs } = await running.ended
    const { requests } = await target.count()
    const inside = to.requests - from.requests
    return {
      perSec: (inside * 1000) / (to.ms - from.ms),
      cpuMicros: ((to.use.cpuMs - from.use.cpuMs) * 1000) / inside,
      wholeCpuMicros: (cpuMs * 1000) / (requests - before.requests),
      p99Ms: tool.p99Ms(running.output(), options.folder),
      peakBytes: peak.tree,
      peakOfLargestBytes: peak.largest,
      peakConnections: peak.connections,
    }
  } catch (error) {
    if (running.alive()) process.kill(-running.pid, 'SIGKILL')
    throw error
  }
}
