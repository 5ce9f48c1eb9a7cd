import type { EventEmitter } from 'node:events'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from './errors.ts'

/** What a thread is asked; each call has one answer of its number. */
export interface Call<Request> {
  readonly call: number
  readonly request: Request
}

type Answer<Value> =
  | { readonly type: 'done'; readonly call: number; readonly value: Value }
  | { readonly type: 'failed'; readonly call: number; readonly text: string }

/** What a thread says: answers, and what nobody asked for. */
export type FromThread<Value, News> = Answer<Value> | { readonly type: 'news'; readonly news: News }

/** A `Worker`, as far as it is called. */
interface CalledThread extends EventEmitter {
  postMessage(message: unknown): void
  terminate(): Promise<number>
}

interface ThreadCallsOptions<News> {
  /** As it stands in a sentence: `the proxy's thread`. */
  readonly name: string
  readonly onNews: (news: News) => void
  /** The thread has ended that nobody told to. */
  readonly onDeath?: (error: Error) => void
}

interface Waiting<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (error: Error) => void
}

const closeMs = 2000

/** Calls to a thread. Whoever waits when it dies is told so, and whoever asks after that. */
export class ThreadCalls<Request, Value, News> {
  readonly #thread: CalledThread
  readonly #options: ThreadCallsOptions<News>
  readonly #waiting = new Map<number, Waiting<Value>>()
  #calls = 0
  #death: Error | undefined
  #isClosing = false

  constructor(thread: CalledThread, options: ThreadCallsOptions<News>) {
    this.#thread = thread
    this.#options = options
    thread.on('error', (error: unknown) => this.#die(error instanceof Error ? error : new Error(String(error))))
    thread.on('exit', (status: number) => this.#die(new Error(`${options.name} ended with status ${status}`)))
    thread.on('message', (message: FromThread<Value, News>) => this.#heard(message))
  }

  /** @throws what the thread says went wrong, or what it died of */
  ask(request: Request): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) {
        reject(this.#death)
        return
      }
      const call = this.#calls++
      this.#thread.postMessage({ call, request } satisfies Call<Request>)
      this.#waiting.set(call, { resolve, reject })
    })
  }

  /** Asks for the last time, and ends the thread when it has answered; one that does not within two seconds all the same. */
  async close(last: Request): Promise<void> {
    if (this.#isClosing || this.#death !== undefined) return
    this.#isClosing = true
    const exited = once(this.#thread, 'exit')
    await Promise.race([this.ask(last).catch(() => undefined), sleep(closeMs, undefined, { ref: false })])
    void this.#thread.terminate()
    await exited
  }

  #heard(message: FromThread<Value, News>): void {
    if (message.type === 'news') {
      this.#options.onNews(message.news)
      return
    }
    const waiting = this.#waiting.get(message.call)
    this.#waiting.delete(message.call)
    if (message.type === 'done') waiting?.resolve(message.value)
    else waiting?.reject(new Error(message.text))
  }

  #die(error: Error): void {
    if (this.#death !== undefined) return
    this.#death = error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    if (!this.#isClosing) this.#options.onDeath?.(error)
  }
}

/** In the thread: what `answer` gives or throws, as the answer to the call. */
export async function answerCall<Request, Value>(
  { call, request }: Call<Request>,
  answer: (request: Request) => Value,
): Promise<Answer<Awaited<Value>>> {
  try {
    return { type: 'done', call, value: await answer(request) }
  } catch (thrown) {
    return { type: 'failed', call, text: messageOf(thrown) }
  }
}
