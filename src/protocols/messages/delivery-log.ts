import type { Deliveries } from '../../model/message-context.ts'
import type { MessageEngine } from './message-engine.ts'
import type { Received } from './received.ts'
import { report } from './report.ts'
import { SequenceLog } from './sequence-log.ts'
import type { Stamp } from './stamp.ts'

export interface DeliveryRules {
  readonly name: string
  /** Undefined: of every stream. */
  readonly stream: string | undefined
  readonly where: ((message: unknown) => boolean) | undefined
  /** Outlives the iteration. */
  readonly keep: boolean
}

/** What one user has seen of a stream of stamped messages: how long each was on its way, and which came not, twice or late. */
export class DeliveryLog implements Deliveries {
  readonly rules: DeliveryRules
  received = 0
  doubled = 0
  unordered = 0
  stopped = false
  readonly #engine: MessageEngine
  readonly #senders = new Map<string, SequenceLog>()

  constructor(engine: MessageEngine, rules: DeliveryRules) {
    this.#engine = engine
    this.rules = rules
    // So that "none" is a number that an objective can judge.
    for (const kind of ['lost', 'doubled', 'unordered']) engine.observer.count?.(`deliveries.${kind}`, 0)
  }

  get missing(): number {
    let missing = 0
    for (const log of this.#senders.values()) missing += log.missing
    return missing
  }

  /** hot */
  take(stamp: Stamp, received: Received, nowMs: number): void {
    const { stream, where, name } = this.rules
    if (this.stopped || (stream !== undefined && stream !== stamp.stream)) return
    if (where !== undefined && !where(received.value)) return
    const { observer, clock } = this.#engine
    const how = this.#senderOf(stamp).take(stamp.number)
    this.received++
    if (how === 'doubled') {
      this.doubled++
      observer.count?.('deliveries.doubled', 1)
      return
    }
    if (how === 'unordered') {
      this.unordered++
      observer.count?.('deliveries.unordered', 1)
    }
    const sentMs = clock.fromRunSec(stamp.atMs / 1000)
    observer.started(nowMs, sentMs)
    report(this.#engine, { name, intendedMs: sentMs, sentMs, endMs: nowMs, bytesIn: received.size })
  }

  stop(): void {
    if (this.stopped) return
    this.stopped = true
    let lost = 0
    for (const log of this.#senders.values()) lost += log.settle()
    if (lost > 0) this.#engine.observer.count?.('deliveries.lost', lost)
  }

  #senderOf(stamp: Stamp): SequenceLog {
    // A sender counts for each stream on its own.
    const key = this.rules.stream === undefined ? `${stamp.sender}:${stamp.stream}` : stamp.sender
    let log = this.#senders.get(key)
    if (log === undefined) {
      log = new SequenceLog()
      this.#senders.set(key, log)
    }
    return log
  }
}
