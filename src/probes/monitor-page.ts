import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../base/errors.ts'
import type { MonitorSpec, Scrape } from '../model/monitor-spec.ts'
import { fetchText } from './fetch-text.ts'
import { monitoredSeries } from './monitored-series.ts'
import type { Probe, ProbeFact } from './probe.ts'
import type { MetricsPage } from './prometheus-text.ts'
import { parsePrometheusText } from './prometheus-text.ts'

/** Less than a probe is given for a sample, so that what is known by then is still told. */
const patienceMs = 700

/** What else is read from the page. */
interface PageProbe extends Probe {
  valuesOf(page: MetricsPage): Record<string, number>
}

export interface MonitorOptions {
  readonly url: URL
  readonly spec: MonitorSpec
  readonly scraped: ((scrape: Scrape) => void) | undefined
}

/** A page of metrics that is watched itself: one look serves both, and a slow one is waited for as long as a monitor would, though the other probes go on. */
export class MonitorProbe implements Probe {
  readonly name: string
  readonly units: Readonly<Record<string, string>>
  readonly #page: PageProbe
  readonly #options: MonitorOptions
  readonly #pick: ReturnType<typeof monitoredSeries>
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #asked = 0
  #underWay: { readonly startMs: number; readonly done: Promise<MetricsPage | undefined> } | undefined

  constructor(page: PageProbe, options: MonitorOptions) {
    this.name = page.name
    this.units = { ...page.units, 'monitor.up': 'count', 'monitor.time': 'sec' }
    this.#page = page
    this.#options = options
    this.#pick = monitoredSeries(options.spec)
  }

  get limitations(): readonly string[] {
    return this.#page.limitations ?? []
  }

  async sample(): Promise<Record<string, number>> {
    const isOld = this.#underWay !== undefined
    const { startMs, done } = (this.#underWay ??= this.#begin())
    const cancel = new AbortController()
    const late = sleep(patienceMs, undefined, { signal: cancel.signal, ref: false }).catch(() => undefined)
    const page = await Promise.race([done, late])
    cancel.abort()
    const state = { 'monitor.up': page === undefined ? 0 : 1, 'monitor.time': (performance.now() - startMs) / 1000 }
    return page === undefined || isOld ? state : { ...this.#page.valuesOf(page), ...state }
  }

  /** A look that began before says nothing of now. */
  async scrape(): Promise<void> {
    await this.#underWay?.done
    this.#underWay ??= this.#begin()
    await this.#underWay.done
  }

  facts(): Promise<ProbeFact[]> {
    return this.#page.facts?.() ?? Promise.resolve([])
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    await this.#page.stop()
  }

  #begin(): { readonly startMs: number; readonly done: Promise<MetricsPage | undefined> } {
    const startMs = performance.now()
    return { startMs, done: this.#look(startMs).finally(() => (this.#underWay = undefined)) }
  }

  async #look(startMs: number): Promise<MetricsPage | undefined> {
    const { url, spec, scraped } = this.#options
    this.#asked += 1
    const told = (rest: Partial<Scrape>): void =>
      scraped?.({ tookSec: (performance.now() - startMs) / 1000, asked: this.#asked, ...rest })
    try {
      const page = parsePrometheusText(await fetchText(url, { agent: this.#agent, patienceMs: lostAfterMs(spec) }))
      told(this.#pick(page))
      return page
    } catch (thrown) {
      told({ error: messageOf(thrown) })
      return undefined
    }
  }
}

/** Waited for a little longer than asked for, so that one that comes too late is told from one that never comes. */
function lostAfterMs({ withinSec }: MonitorSpec): number {
  return Math.round(1500 * withinSec) + 500
}
