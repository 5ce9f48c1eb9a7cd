import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks'
import type { Totals } from './monitor.ts'

/** What is looked at each second. */
export interface FiguresSource {
  readonly totals: Totals
  /** Of a gauge. */
  read(name: string): number
}

/** One second of the server's life. */
export interface Second {
  readonly atMs: number
  readonly requestsPerSec: number
  readonly failedPerSec: number
  readonly messagesInPerSec: number
  readonly messagesOutPerSec: number
  readonly failedLogInsPerSec: number
  readonly connections: number
  readonly messagesWaiting: number
  /** 99th percentile of how late the event loop was within the second. */
  readonly loopDelayMs: number
  /** Of one core. */
  readonly cpuShare: number
  readonly memoryBytes: number
}

const kept = 120
const resolutionMs = 10

/** What the monitor counted, second by second: for the dashboard and the alerts. */
export class ServerFigures {
  readonly #monitor: FiguresSource
  readonly #loop: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs })
  readonly #seconds: Second[] = []
  #last: { readonly atMs: number; readonly totals: Totals; readonly cpu: NodeJS.CpuUsage }

  constructor(monitor: FiguresSource) {
    this.#monitor = monitor
    this.#last = { atMs: performance.now(), totals: monitor.totals, cpu: process.cpuUsage() }
    this.#loop.enable()
  }

  /** The oldest first, two minutes at most. */
  get seconds(): readonly Second[] {
    return this.#seconds
  }

  /** Called each second; a second that took longer on a busy loop is counted as long as it was. */
  tick(): void {
    const now = { atMs: performance.now(), totals: this.#monitor.totals, cpu: process.cpuUsage() }
    const { atMs, totals, cpu } = this.#last
    const sec = Math.max(0.001, (now.atMs - atMs) / 1_000)
    const rate = (of: keyof typeof totals): number => (now.totals[of] - totals[of]) / sec
    this.#last = now
    this.#seconds.push({
      atMs: now.atMs,
      requestsPerSec: rate('requests'),
      failedPerSec: rate('failedRequests'),
      messagesInPerSec: rate('messagesIn'),
      messagesOutPerSec: rate('messagesOut'),
      failedLogInsPerSec: rate('failedLogIns'),
      connections: this.#monitor.read('connections'),
      messagesWaiting: this.#monitor.read('messages_waiting'),
      // The histogram holds the length of its own timer as well.
      loopDelayMs: Math.max(0, this.#loop.percentile(99) / 1e6 - resolutionMs),
      cpuShare: (now.cpu.user + now.cpu.system - cpu.user - cpu.system) / 1e6 / sec,
      memoryBytes: this.#residentBytes(),
    })
    this.#loop.reset()
    if (this.#seconds.length > kept) this.#seconds.shift()
  }

  /** It is read from a file: with no descriptor left it is what it was. */
  #residentBytes(): number {
    try {
      return process.memoryUsage.rss()
    } catch {
      return this.#seconds.at(-1)?.memoryBytes ?? 0
    }
  }

  close(): void {
    this.#loop.disable()
  }
}
