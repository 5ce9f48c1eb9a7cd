import type { MessageConnection, TcpContext, TcpOptions } from '../../model/message-context.ts'
import type { MessageEngine, MessageWorkerOptions } from '../messages/index.ts'
import {
  Channel,
  channelRules,
  checkKeys,
  closeEngine,
  Connection,
  createMessageEngine,
  messageOptionKeys,
  MessageUser,
} from '../messages/index.ts'
import type { ProtocolOwner, ProtocolUser, ProtocolWorker } from '../protocol.ts'
import { framerOf } from './framing.ts'
import { tcpAddress } from './tcp-address.ts'
import { TcpWire } from './tcp-wire.ts'

/** The TCP connections of one worker thread. */
export interface TcpWorker extends ProtocolWorker {
  user(owner: ProtocolOwner): TcpUser
  readonly openSockets: number
}

export interface TcpUser extends ProtocolUser {
  readonly context: TcpContext
}

export function createTcpWorker(options: MessageWorkerOptions): TcpWorker {
  const engine = createMessageEngine('tcp', options)
  return {
    user: (owner) => createUser(engine, owner),
    closeAll: () => closeEngine(engine),
    get openSockets() {
      return engine.channels.size
    },
  }
}

function createUser(engine: MessageEngine, owner: ProtocolOwner): TcpUser {
  const user = new MessageUser(engine, owner)
  return {
    context: { connect: (address, options) => connect(user, address, options), closeAll: () => user.closeAll() },
    endIteration: () => user.endIteration(),
    abort: () => user.abort(),
    close: () => user.close(),
  }
}

const keys = [...messageOptionKeys, 'framing', 'tls', 'text']

async function connect<Message>(user: MessageUser, text: string, options: TcpOptions = {}): Promise<MessageConnection<Message>> {
  const { engine, owner } = user
  const { starting = false } = owner
  user.check()
  checkKeys('tcp.connect', options, keys)
  const { address, label } = tcpAddress(text, options.tls === true, engine)
  const rules = channelRules(engine, options, { label, starting })
  const framer = framerOf(options.framing ?? 'line', { maxBytes: rules.maxMessageBytes, text: options.text })
  const channel = new Channel(engine, user, rules)
  channel.attach(new TcpWire(channel, address, framer))
  await channel.opening.promise
  // The caller says what the server sends; the connection cannot know.
  return new Connection(channel) as MessageConnection<unknown> as MessageConnection<Message>
}
