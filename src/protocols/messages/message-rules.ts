import type { MessageOptions } from '../../model/message-context.ts'
import type { MessageEngine } from './message-engine.ts'
import { limit, milliseconds, wholeNumber } from './wait-rules.ts'

export interface ChannelRules {
  /** Of the opening. */
  readonly name: string
  /** Where it leads, in the names of all that happens on it. */
  readonly label: string
  readonly timeoutMs: number
  readonly connectMs: number
  readonly keep: boolean
  readonly delivery: boolean
  readonly unread: number
  readonly maxMessageBytes: number
}

export const messageOptionKeys: readonly string[] = ['name', 'timeout', 'keep', 'delivery', 'unread', 'maxMessageBytes']

const defaultUnread = 100
const defaultMaxMessageBytes = 16 * 1024 * 1024

/** Throws ToolError for an option that cannot be used. */
export function channelRules(
  { spec, protocol }: MessageEngine,
  options: MessageOptions,
  { label, starting }: { readonly label: string; readonly starting: boolean },
): ChannelRules {
  return {
    name: options.name ?? `${protocol} connect ${label}`,
    label,
    timeoutMs: milliseconds('timeout of connect', options.timeout, limit(spec.timeoutMs)),
    connectMs: limit(spec.connectTimeoutMs),
    keep: starting || options.keep === true,
    delivery: options.delivery === true,
    unread: wholeNumber('unread', options.unread, defaultUnread),
    maxMessageBytes: wholeNumber('maxMessageBytes', options.maxMessageBytes, defaultMaxMessageBytes),
  }
}
