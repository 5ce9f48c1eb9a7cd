import type { Chat } from './chat.ts'
import { ChatError, overloaded } from './errors.ts'
import type { Protections } from './protections.ts'

export interface EntranceOptions {
  readonly chat: Chat
  readonly protections: Protections
  readonly mostConnections: number
  readonly mostOfAddress: number
}

/** Whether somebody may open a connection, at either door. */
export class Entrance {
  readonly #options: EntranceOptions

  constructor(options: EntranceOptions) {
    this.#options = options
  }

  /** Undefined when they may. */
  async refusal(address: string): Promise<ChatError | undefined> {
    const { chat, protections, mostConnections, mostOfAddress } = this.#options
    const { block, limiter, monitor } = protections
    if (chat.isDraining) return new ChatError('draining', 'The server is about to stop.', { retryAfterSec: 1 })
    if (block.isBlocked(address)) {
      monitor.refused('blocked')
      const retryAfterSec = block.blockedForSec(address)
      return new ChatError('blocked', 'Too many failed log-ins from this address.', { retryAfterSec })
    }
    if (chat.sessions.open >= mostConnections) return overloaded('There are too many connections.')
    const { allowed, retryAfterSec } = await limiter.take({ address })
    if (allowed && chat.sessions.fromAddress(address) < mostOfAddress) return undefined
    monitor.refused('rate-limited')
    return new ChatError('rate-limited', 'Too many connections from this address.', { retryAfterSec: Math.max(1, retryAfterSec) })
  }
}

/** IPv4 as such, when the socket listens on IPv6 as well. */
export const addressOf = (socket: { readonly remoteAddress?: string | undefined }): string =>
  (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
