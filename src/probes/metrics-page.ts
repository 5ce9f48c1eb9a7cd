import { Agent, get } from 'node:http'
import { get as getTls } from 'node:https'
import { messageOf } from '../base/errors.ts'
import type { Probe, ProbeFact, ProbeFactory } from './probe.ts'
import { parsePrometheusText, seriesName } from './prometheus-text.ts'

/** More series than this are not followed. */
const mostSeries = 200
const largestPage = 4 * 1024 * 1024
const patienceMs = 750

/** A page of metrics in Prometheus' text format: gauges and counters as they are, without the buckets of histograms. */
export const createMetricsPageProbe: ProbeFactory<{
  readonly kind: 'metrics-page'
  readonly name: string
  readonly url: string
}> = async ({ name, url }, { targetUrl }) => {
  const page = new URL(url, targetUrl)
  const probe = new MetricsPageProbe(name, page)
  const first = await probe.sample().catch((thrown: unknown) => messageOf(thrown))
  if (typeof first === 'string') throw new Error(`the page ${page.href} cannot be read: ${first}`)
  if (Object.keys(first).length === 0) throw new Error(`the page ${page.href} holds no metrics in Prometheus' text format`)
  return probe
}

class MetricsPageProbe implements Probe {
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
    const page = parsePrometheusText(await fetchText(this.#url, this.#agent))
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

function fetchText(url: URL, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const isTls = url.protocol === 'https:'
    const headers = { accept: 'text/plain;version=0.0.4' }
    // The certificate is the business of the plan's requests; here the page is only read.
    const options = { headers, signal: AbortSignal.timeout(patienceMs) }
    const request = isTls ? getTls(url, { ...options, rejectUnauthorized: false }) : get(url, { ...options, agent })
    request.on('error', reject)
    request.on('response', (answer) => {
      if (answer.statusCode !== 200) {
        answer.destroy()
        reject(new Error(`it answers ${answer.statusCode ?? 0}`))
        return
      }
      const parts: Buffer[] = []
      let bytes = 0
      answer.on('error', reject)
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        parts.push(chunk)
        if (bytes > largestPage) answer.destroy(new Error(`it is larger than ${largestPage} bytes`))
      })
      answer.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
    })
  })
}
