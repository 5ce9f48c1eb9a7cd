import { Agent, get } from 'node:http'
import { Agent as TlsAgent, get as getTls } from 'node:https'
import type { Probe, ProbeFactory } from './probe.ts'

/** Less than {@link Probe} gives a sample, so that the answer is still told. */
const patienceMs = 750

/** Whether the target says of itself that it may be asked: the page that told that it had started, asked directly while a test breaks something. */
export const createReadinessProbe: ProbeFactory<{ readonly kind: 'readiness'; readonly url: string }> = (
  { url },
  { breaksNow = () => true },
) => Promise.resolve(new ReadinessProbe(new URL(url), breaksNow))

class ReadinessProbe implements Probe {
  readonly name = 'readiness'
  readonly units = { 'target.ready': 'count', 'target.ready.answered': 'count' }
  readonly #url: URL
  readonly #breaksNow: () => boolean

  constructor(url: URL, breaksNow: () => boolean) {
    this.#url = url
    this.#breaksNow = breaksNow
  }

  async sample(): Promise<Record<string, number>> {
    if (!this.#breaksNow()) return {}
    const status = await statusOf(this.#url)
    return {
      'target.ready': status !== undefined && status < 400 ? 1 : 0,
      'target.ready.answered': status === undefined ? 0 : 1,
    }
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}

/**
 * Undefined when nobody answers. Each look has a connection of its own: a kept one would hold up a target that waits for its connections to end before it
 * stops. We close it first, so that what is left of it in the kernel is on our side.
 */
function statusOf(url: URL): Promise<number | undefined> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patienceMs)
    // A certificate is judged by the requests of the plan; here only readiness is asked for.
    const request =
      url.protocol === 'https:'
        ? getTls(url, { agent: new TlsAgent({ keepAlive: true }), rejectUnauthorized: false, signal })
        : get(url, { agent: new Agent({ keepAlive: true }), signal })
    request.on('error', () => resolve(undefined))
    request.on('response', (answer) => {
      resolve(answer.statusCode)
      answer.on('error', () => undefined)
      answer.on('end', () => request.destroy())
      answer.resume()
    })
  })
}
