import { cpus } from 'node:os'
import type { ProcessStat } from '../base/process-table.ts'
import { readStat, ticksPerSecond } from '../base/process-table.ts'
import type { ThreadTimes } from './process-tree.ts'
import { ProcessTree, threadTimes, wantedShare } from './process-tree.ts'

/** More backends than this are not asked how long they waited. */
const mostBackends = 200

interface Look {
  readonly atMs: number
  readonly ticks: number
  readonly threads: ReadonlyMap<string, ThreadTimes>
}

/** CPU of a PostgreSQL on this machine: the postmaster and its backends, those that ended between two looks included. */
export class ServerCpu {
  readonly #tree: ProcessTree
  readonly #postmaster: number
  #last: Look | undefined

  private constructor(postmaster: number) {
    this.#postmaster = postmaster
    this.#tree = new ProcessTree(postmaster)
  }

  /** Undefined when the server's processes are not to be seen here: another machine, a container, no `/proc`. */
  static of(url: string, backendPid: number): ServerCpu | undefined {
    const host = new URL(url).hostname
    const isHere = host === '' || host === 'localhost' || host === '[::1]' || host.startsWith('127.')
    const backend = isHere ? readStat(backendPid) : undefined
    return backend !== undefined && /^postgres/.test(backend.command) ? new ServerCpu(backend.parent) : undefined
  }

  /** `cpu`: share of all cores; `cpu.wanted`: cores that it would have used without having to wait for one. Rates need two looks. */
  read(): Record<string, number> {
    const look = this.#look()
    const last = this.#last
    if (last === undefined || look === undefined) {
      this.#last = look
      return {}
    }
    const elapsedMs = look.atMs - last.atMs
    const used = look.ticks - last.ticks
    // A backend that has ended and is not yet collected is in neither account: the next look makes up for it.
    if (elapsedMs <= 0 || used < 0) return {}
    this.#last = look
    const ticksMs = 1000 / ticksPerSecond
    const cores = (used * ticksMs) / elapsedMs
    let more = 0
    for (const [id, { ticks, waitMs }] of look.threads) {
      const before = last.threads.get(id)
      const ranMs = (ticks - (before?.ticks ?? 0)) * ticksMs
      if (waitMs !== undefined) more += wantedShare(ranMs, waitMs - (before?.waitMs ?? 0), elapsedMs) - ranMs / elapsedMs
    }
    return { cpu: Math.min(1, cores / cpus().length), 'cpu.wanted': cores + Math.max(0, more) }
  }

  #look(): Look | undefined {
    const atMs = performance.now()
    const live = this.#tree.read(atMs)
    const postmaster = live.find((stat) => stat.pid === this.#postmaster)
    if (postmaster === undefined) return undefined
    const threads = threadTimes(
      live.map((stat) => stat.pid),
      mostBackends,
    )
    return { atMs, ticks: sumOf(live) + postmaster.childTicks, threads }
  }
}

/** A backend that ends moves what it used to the children's account of the postmaster, so the sum of both only grows. */
function sumOf(live: readonly ProcessStat[]): number {
  return live.reduce((sum, stat) => sum + stat.ticks, 0)
}
