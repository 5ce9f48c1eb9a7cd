import type { ModelProviderOptions, ProviderFigures } from '../model-provider/index.ts'
import { ModelProvider, seededRandom } from '../model-provider/index.ts'
import { Admission } from './admission.ts'
import type { DefectName } from './defects.ts'
import { behaviourWith } from './defects.ts'
import { DraftFiles } from './draft-files.ts'
import { Drafts } from './drafts.ts'
import { FlowError } from './flow-error.ts'
import type { BackoffOptions, BreakerOptions, BreakerState } from './patient-calls.ts'
import { PatientCalls } from './patient-calls.ts'
import { runStages } from './stages.ts'

export interface WritingFlowOptions {
  readonly provider?: ModelProviderOptions
  /** Texts in work at once; default 20. More than the provider's `maxConcurrent` only makes it refuse. */
  readonly maxRunning?: number
  /** Texts that may wait for their turn; default 40. */
  readonly maxQueued?: number
  /** Memory of one draft; default 1 MiB. */
  readonly draftBytes?: number
  /** A folder in which every finished draft is stored until it is delivered; default: drafts live in memory alone. */
  readonly saveTo?: string
  /** Further attempts of one model call; default 4. */
  readonly retries?: number
  readonly backoff?: Partial<BackoffOptions>
  readonly breaker?: Partial<BreakerOptions>
  readonly defects?: readonly DefectName[]
  /** Of the jitter; the provider has its own. */
  readonly seed?: number
}

export interface Text {
  readonly topic: string
  readonly text: string
}

export interface FlowFigures {
  readonly running: number
  readonly queued: number
  /** Turned away because the queue was full. */
  readonly shed: number
  readonly written: number
  /** Accepted and not written, for whatever reason. */
  readonly failed: number
  readonly drafts: number
  readonly draftBytes: number
  readonly retries: number
  readonly breaker: BreakerState
  readonly provider: ProviderFigures
}

export interface WritingFlow {
  /** Rejects with a {@link FlowError}, or with the signal's reason. */
  write(topic: string, options?: { readonly signal?: AbortSignal }): Promise<Text>
  figures(): FlowFigures
  /** The simulated provider, for those who want to break it. */
  readonly provider: ModelProvider
  /** Ends everything in work, and takes nothing more. */
  close(): void
}

/** A content pipeline in this process: research, audience, draft, style and quality review, each a call of a (simulated) model. */
export function createWritingFlow(options: WritingFlowOptions = {}): WritingFlow {
  return new Flow(options)
}

class Flow implements WritingFlow {
  readonly provider: ModelProvider
  readonly #admission: Admission
  readonly #drafts: Drafts
  readonly #files: DraftFiles | undefined
  readonly #calls: PatientCalls
  readonly #working = new Set<AbortController>()
  #isClosed = false
  #written = 0
  #failed = 0

  constructor({
    provider,
    maxRunning = 20,
    maxQueued = 40,
    draftBytes = 2 ** 20,
    saveTo,
    retries = 4,
    seed = 2,
    ...options
  }: WritingFlowOptions) {
    const behaviour = behaviourWith(options.defects ?? [])
    this.provider = new ModelProvider(provider)
    this.#admission = new Admission({ maxRunning, maxQueued: behaviour.isQueueBounded ? maxQueued : Infinity })
    this.#drafts = new Drafts({ bytesEach: draftBytes, forgetsFinished: behaviour.forgetsFinishedDrafts })
    this.#files = saveTo === undefined ? undefined : new DraftFiles(saveTo)
    this.#calls = new PatientCalls(this.provider, {
      retries: behaviour.retries ?? retries,
      backoff: behaviour.isBackingOff ? { baseMs: 200, maxMs: 3000, ...options.backoff } : undefined,
      breaker: behaviour.isBreakerOn ? { threshold: 0.5, size: 20, halfOpenAfterMs: 1000, ...options.breaker } : undefined,
      random: seededRandom(seed),
    })
  }

  async write(topic: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Text> {
    signal?.throwIfAborted()
    if (this.#isClosed) throw new FlowError('closed', 'The flow was closed')
    if (this.#admission.refuses()) throw new FlowError('queue-full', 'Too many texts wait already; try again later')
    // Not AbortSignal.any: with one signal that outlives all others, Node 20 keeps something of every combination.
    const ending = new AbortController()
    const abort = (): void => ending.abort(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    this.#working.add(ending)
    try {
      // The library's wait before a retry cannot be cut short: the caller need not wait for it, the slot does.
      return await firstOf(this.#write(topic, ending.signal), ending.signal)
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#working.delete(ending)
    }
  }

  figures(): FlowFigures {
    const { running, queued, shed } = this.#admission
    const { count: drafts, bytes: draftBytes } = this.#drafts
    const { retries, breakerState: breaker } = this.#calls
    const counts = { written: this.#written, failed: this.#failed }
    return { running, queued, shed, ...counts, drafts, draftBytes, retries, breaker, provider: this.provider.figures() }
  }

  close(): void {
    this.#isClosed = true
    for (const ending of this.#working) ending.abort(new FlowError('closed', 'The flow was closed'))
    this.#drafts.clear()
  }

  /** The draft lives from here on, also while it waits: a queue holds memory. */
  async #write(topic: string, signal: AbortSignal): Promise<Text> {
    const draft = this.#drafts.open(topic)
    try {
      await this.#admission.enter(signal)
      try {
        await runStages(draft, (call) => this.#calls.ask(call, signal))
        await this.#files?.deliver(draft)
      } finally {
        this.#admission.leave()
      }
      this.#written += 1
      return { topic, text: draft.text }
    } catch (error) {
      this.#failed += 1
      throw error
    } finally {
      this.#drafts.finish(draft)
    }
  }
}

async function firstOf<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stopListening = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason as Error) // an abort's reason is whatever the caller gave
    signal.addEventListener('abort', abort, { once: true })
    stopListening = () => signal.removeEventListener('abort', abort)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    stopListening()
  }
}
