import type { Actor, Chat } from './chat.ts'
import { ChatError } from './errors.ts'
import type { Identity } from './protection/contract.ts'
import type { Answer, Command } from './protocol.ts'
import type { Session } from './session.ts'
import type { Tokens } from './tokens.ts'

export interface CommandContext {
  readonly session: Session
  readonly chat: Chat
  readonly tokens: Tokens
  readonly identify: (user: Identity) => Promise<void>
}

/** What a command does, and what is answered. */
export async function runCommand(command: Command, context: CommandContext): Promise<Answer> {
  const { session, chat } = context
  if (command.type === 'ping') return { type: 'pong' }
  if (command.type === 'hello') return hello(command.token, context)
  const { user, address } = session
  if (user === undefined) throw new ChatError('unauthorized', 'Say hello with a token first.')
  const actor: Actor = { user, address, session }
  switch (command.type) {
    case 'history':
      return { type: 'history', messages: await readHistory(chat, actor, command) }
    case 'who':
      return { type: 'who', room: command.room, ...(await chat.who(actor, command.room)) }
    case 'leave':
      await chat.leave(actor, command.room)
      return { type: 'left', room: command.room }
    case 'join':
      chat.refuseWhileDraining()
      return { type: 'joined', room: command.room, ...(await chat.join(actor, command.room)) }
    case 'say':
      chat.refuseWhileDraining()
      return { type: 'said', room: command.room, seq: await chat.say(actor, command.room, command.text) }
    case 'direct':
      chat.refuseWhileDraining()
      return { type: 'directed', to: command.to, no: await chat.sendDirect(actor, command.to, command.text) }
  }
}

async function hello(token: string, { session, chat, tokens, identify }: CommandContext): Promise<Answer> {
  chat.refuseWhileDraining()
  const user = tokens.verify(token)
  if (user === undefined) throw new ChatError('unauthorized', 'The token is not valid: log in again.')
  if (session.user === undefined) await identify(user)
  else if (session.user.id !== user.id) throw new ChatError('conflict', 'This connection is somebody else’s already.')
  return { type: 'welcome', user: user.name }
}

function readHistory(chat: Chat, actor: Actor, command: Command & { type: 'history' }) {
  return 'with' in command ? chat.directsWith(actor, command.with, command) : chat.history(actor, command.room, command)
}
