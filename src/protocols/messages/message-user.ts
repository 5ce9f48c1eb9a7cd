import type { ProtocolOwner, ProtocolUser } from '../protocol.ts'
import type { Channel } from './channel.ts'
import type { DeliveryRules } from './delivery-log.ts'
import { DeliveryLog } from './delivery-log.ts'
import type { MessageEngine } from './message-engine.ts'
import { writeStamp } from './stamp.ts'

/** One virtual user's connections of one protocol, and what outlives each of them: its numbers as a sender, and what it has seen of streams. */
export class MessageUser implements ProtocolUser {
  readonly owner: ProtocolOwner
  readonly engine: MessageEngine
  readonly #channels = new Set<Channel>()
  #deliveries: Map<string, DeliveryLog> | undefined
  #sender: string | undefined
  #sent: Map<string, number> | undefined
  #number = 0

  constructor(engine: MessageEngine, owner: ProtocolOwner) {
    this.engine = engine
    this.owner = owner
  }

  /** Throws for a user who was taken away: it asks for nothing more. */
  check(): void {
    if (this.owner.gone) throw this.owner.goneError()
  }

  enter(channel: Channel): void {
    this.#channels.add(channel)
  }

  leave(channel: Channel): void {
    this.#channels.delete(channel)
  }

  /** For requests that carry no number of their own. */
  nextNumber(): number {
    return ++this.#number
  }

  /** hot */
  stampFor(stream: string): string {
    const { clock, now } = this.engine
    this.#sender ??= this.engine.nextSender()
    this.#sent ??= new Map()
    const number = (this.#sent.get(stream) ?? 0) + 1
    this.#sent.set(stream, number)
    return writeStamp({ sender: this.#sender, stream, number, atMs: clock.toRunSec(now()) * 1000 })
  }

  deliveries(rules: DeliveryRules, resume: boolean): DeliveryLog {
    this.#deliveries ??= new Map()
    // No stream's name has a zero byte in it.
    const key = rules.stream ?? '\0'
    const before = this.#deliveries.get(key)
    if (resume && before !== undefined && !before.stopped) return before
    before?.stop()
    const log = new DeliveryLog(this.engine, rules)
    this.#deliveries.set(key, log)
    return log
  }

  async closeAll(code?: number, reason?: string): Promise<void> {
    await Promise.all(Array.from(this.#channels, (channel) => channel.close(code, reason)))
  }

  endIteration(): void {
    for (const channel of [...this.#channels]) if (!channel.rules.keep) void channel.close()
    for (const [key, log] of [...(this.#deliveries ?? [])]) {
      if (log.rules.keep) continue
      log.stop()
      this.#deliveries?.delete(key)
    }
  }

  abort(): void {
    for (const channel of [...this.#channels]) channel.abort()
  }

  close(): void {
    void this.closeAll()
    for (const log of this.#deliveries?.values() ?? []) log.stop()
    this.#deliveries = undefined
    // Whoever comes after this user sends under a name of its own.
    this.#sender = undefined
    this.#sent = undefined
  }
}
