import type { AlertChange } from './alert-rules.ts'

export interface AlertWebhookOptions {
  readonly url: string
  readonly timeoutMs?: number
  readonly retryMs?: number
  /** Of one message; after them the alert's next change is told instead. */
  readonly attempts?: number
}

interface Post {
  readonly change: AlertChange
  readonly startsAt: string
  readonly endsAt: string
}

/** Alertmanager's own word for "not yet". */
const notYet = '0001-01-01T00:00:00Z'
const mostWaiting = 100

/**
 * Tells somebody, in the shape of Alertmanager's webhook (version 4). One message after the other, so that the end of an alert never overtakes its beginning;
 * beside the server's work, which never waits for it.
 */
export class AlertWebhook {
  readonly #options: Required<AlertWebhookOptions>
  readonly #startedAt = new Map<string, string>()
  readonly #waiting: Post[] = []
  readonly #end = new AbortController()
  #sending: Promise<void> | undefined

  constructor(options: AlertWebhookOptions) {
    this.#options = { timeoutMs: 2_000, retryMs: 500, attempts: 3, ...options }
  }

  tell(change: AlertChange, atMs: number): void {
    const at = new Date(atMs).toISOString()
    const startsAt = change.status === 'firing' ? at : (this.#startedAt.get(change.name) ?? at)
    this.#startedAt.set(change.name, startsAt)
    this.#waiting.push({ change, startsAt, endsAt: change.status === 'firing' ? notYet : at })
    if (this.#waiting.length > mostWaiting) this.#waiting.shift()
    this.#sending ??= this.#sendAll()
  }

  /** All that was told has been sent or given up. */
  async idle(): Promise<void> {
    await this.#sending
  }

  /** What has not been sent is not sent any more. */
  close(): void {
    this.#end.abort()
    this.#waiting.length = 0
  }

  async #sendAll(): Promise<void> {
    for (let post = this.#waiting.shift(); post !== undefined; post = this.#waiting.shift()) await this.#send(post)
    this.#sending = undefined
  }

  async #send(post: Post): Promise<void> {
    const { url, timeoutMs, retryMs, attempts } = this.#options
    for (let attempt = 1; attempt <= attempts && !this.#end.signal.aborted; attempt++) {
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#end.signal])
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(bodyOf(post)), signal })
        await answer.body?.cancel()
        if (answer.ok) return
      } catch {
        // Nobody there, or too slow: once more, then the next.
      }
      if (attempt < attempts) await new Promise((resolve) => setTimeout(resolve, retryMs).unref())
    }
  }
}

function bodyOf({ change: { name, summary, status, value }, startsAt, endsAt }: Post) {
  const labels = { alertname: name, service: 'chat' }
  const annotations = { summary, value: String(value) }
  return {
    version: '4',
    status,
    receiver: 'chat',
    groupLabels: { alertname: name },
    commonLabels: labels,
    commonAnnotations: annotations,
    alerts: [{ status, labels, annotations, startsAt, endsAt }],
  }
}
