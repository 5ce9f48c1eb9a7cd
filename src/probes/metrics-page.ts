import { Agent } from 'node:http'
import { messageOf } from '../base/errors.ts'
import type { ProbeSpec } from '../model/plan-spec.ts'
import { fetchText } from './fetch-text.ts'
import { MonitorProbe } from './monitor-page.ts'
import type { Probe, ProbeFact, ProbeFactory } from './probe.ts'
import { parsePrometheusText, seriesName } from './prometheus-text.ts'
import type { MetricsPage } from './prometheus-text.ts'

/** More series than this are not followed. */
const mostSeries = 200
const patienceMs = 750

/** A page of metrics in Prometheus' text format: gauges and counters as they are, without the buckets of histograms. */
export const createMetricsPageProbe: ProbeFactory<Extract<ProbeSpec, { readonly kind: 'metrics-page' }>> = async (
  { name, url, monitor },
  { targetUrl, scraped },
) => {
  const page = new URL(url, targetUrl)
  const probe = new MetricsPageProbe(name, page)
  const first = await probe.sample().catch((thrown: unknown) => messageOf(thrown))
  if (typeof first === 'string') throw new Error(`the page ${page.href} cannot be read: ${first}`)
  if (Object.keys(first).length === 0) throw new Error(`the page ${page.href} holds no metrics in Prometheus' text format`)
  return monitor === undefined ? probe : new MonitorProbe(probe, { url: page, spec: monitor, scraped })
}

export class MetricsPageProbe implements Probe {
  readonly name: string
  readonly units: Readonly<Record<string, string>>
  readonly #url: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #followed = new Set<string>()
  readonly #left = new Set<string>()
  #types: ReadonlyMap<string, string> = new Map()

  constructor(name: string, url: URL) {
    this.name = name
    this.#url = url
    this.units = { [`${name}.*`]: 'count' }
  }

  get limitations(): readonly string[] {
    if (this.#left.size === 0) return []
    return [`the page has ${this.#followed.size + this.#left.size} series; the first ${mostSeries} are followed`]
  }

  async sample(): Promise<Record<string, number>> {
    return this.valuesOf(parsePrometheusText(await fetchText(this.#url, { agent: this.#agent, patienceMs })))
  }

  valuesOf(page: MetricsPage): Record<string, number> {
    this.#types = page.types
    const values: Record<string, number> = {}
    for (const reading of page.readings) {
      if (isBucket(reading.name, page.types)) continue
      const series = `${this.name}.${seriesName(reading)}`
      if (this.#follows(series) && Number.isFinite(reading.value)) values[series] = reading.value
    }
    return values
  }

  facts(): Promise<ProbeFact[]> {
    return Promise.resolve([
      { fact: 'types', value: Object.fromEntries([...this.#types].map(([metric, type]) => [`${this.name}.${metric}`, type])) },
      ...(this.#left.size === 0 ? [] : [{ fact: 'not-followed', value: [...this.#left].slice(0, 20) }]),
    ])
  }

  stop(): Promise<void> {
    this.#agent.destroy()
    return Promise.resolve()
  }

  #follows(series: string): boolean {
    if (this.#followed.has(series)) return true
    if (this.#followed.size < mostSeries) {
      this.#followed.add(series)
      return true
    }
    if (this.#left.size < 10 * mostSeries) this.#left.add(series)
    return false
  }
}

/** `x_bucket` of a histogram `x`; a gauge that happens to be called so stays. */
function isBucket(name: string, types: ReadonlyMap<string, string>): boolean {
  return name.endsWith('_bucket') && !['gauge', 'counter'].includes(types.get(name) ?? '')
}
