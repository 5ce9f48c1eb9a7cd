import { ChatError } from './errors.ts'
import { Fields, limits } from './limits.ts'
import type { Direct, Message } from './store.ts'

/** What a client says over WebSocket or TCP, one JSON object a message or line. */
export type Command =
  | { readonly type: 'hello'; readonly token: string }
  | { readonly type: 'join' | 'leave' | 'who'; readonly room: string }
  | { readonly type: 'say'; readonly room: string; readonly text: string }
  | { readonly type: 'direct'; readonly to: string; readonly text: string }
  | { readonly type: 'history'; readonly room: string; readonly before?: number | undefined; readonly limit: number }
  | { readonly type: 'history'; readonly with: string; readonly before?: number | undefined; readonly limit: number }
  | { readonly type: 'ping' }

/** The client's own name for a command: its answer has it as `re`. */
export type CommandId = string | number

/** Answers to commands. */
export type Answer =
  | { readonly type: 'welcome'; readonly user: string }
  | { readonly type: 'joined'; readonly room: string; readonly here: number }
  | { readonly type: 'left'; readonly room: string }
  | { readonly type: 'said'; readonly room: string; readonly seq: number }
  | { readonly type: 'directed'; readonly to: string; readonly no: number }
  | { readonly type: 'history'; readonly messages: readonly (Message | Direct)[] }
  | { readonly type: 'who'; readonly room: string; readonly here: number; readonly users: readonly string[] }
  | { readonly type: 'pong' }

/** What comes without having been asked for. */
export type Event =
  | ({ readonly type: 'message'; readonly room: string } & Message)
  | ({ readonly type: 'direct' } & Direct)
  | {
      readonly type: 'presence'
      readonly room: string
      readonly here: number
      readonly joined: readonly string[]
      readonly left: readonly string[]
    }
  | { readonly type: 'closing'; readonly code: number; readonly reason: string }
  | { readonly type: 'notice'; readonly code: 'draining'; readonly message: string }
  | {
      readonly type: 'error'
      readonly code: string
      readonly message: string
      readonly re?: CommandId | undefined
      readonly retryAfter?: number | undefined
    }

export interface Received {
  readonly id: CommandId | undefined
  /** Names the command in figures; `unknown` when there is no such command. */
  readonly type: string
  /** A ChatError when it is no valid command. */
  readonly command: Command | ChatError
}

/** Never throws: what is wrong is answered, under the command's own id where it has one. */
export function readCommand(text: string, isStrict: boolean): Received {
  const values = parse(text)
  if (values === undefined) {
    return { id: undefined, type: 'unknown', command: new ChatError('invalid', 'Expected a JSON object.') }
  }
  const id = idOf(values['id'])
  try {
    const command = commandOf(values['type'], new Fields(values, isStrict))
    return { id, type: command.type, command }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    return { id, type: 'unknown', command: error }
  }
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function idOf(id: unknown): CommandId | undefined {
  return typeof id === 'number' || (typeof id === 'string' && id.length <= 64) ? id : undefined
}

function commandOf(type: unknown, fields: Fields): Command {
  switch (type) {
    case 'hello':
      return { type, token: fields.token('token') }
    case 'join':
    case 'leave':
    case 'who':
      return { type, room: fields.roomName('room') }
    case 'say':
      return { type, room: fields.roomName('room'), text: fields.text('text') }
    case 'direct':
      return { type, to: fields.userName('to'), text: fields.text('text') }
    case 'history': {
      const page = { before: fields.wholeNumber('before'), limit: fields.wholeNumber('limit', limits.page) ?? 50 }
      return fields.has('with')
        ? { type, with: fields.userName('with'), ...page }
        : { type, room: fields.roomName('room'), ...page }
    }
    case 'ping':
      return { type }
    default:
      throw new ChatError('unknown-command', 'Expected "type" to be hello, join, leave, say, direct, history, who or ping.')
  }
}
