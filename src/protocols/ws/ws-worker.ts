import { messageOf, ToolError } from '../../base/errors.ts'
import type { WebSocketConnection, WebSocketContext, WebSocketOptions } from '../../model/message-context.ts'
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
import { foldPath } from '../request-name.ts'
import { loadDriver } from './driver.ts'
import { checkSubprotocols } from './subprotocols.ts'
import { WebSocketWire } from './web-socket-wire.ts'
import { wsAddress } from './ws-address.ts'

/** The WebSockets of one worker thread. */
export interface WsWorker extends ProtocolWorker {
  user(owner: ProtocolOwner): WsUser
  readonly openSockets: number
}

export interface WsUser extends ProtocolUser {
  readonly context: WebSocketContext
}

export function createWsWorker(options: MessageWorkerOptions): WsWorker {
  const engine = createMessageEngine('ws', options)
  return {
    user: (owner) => createUser(engine, owner),
    closeAll: () => closeEngine(engine),
    get openSockets() {
      return engine.channels.size
    },
  }
}

function createUser(engine: MessageEngine, owner: ProtocolOwner): WsUser {
  const user = new MessageUser(engine, owner)
  return {
    context: {
      connect: (url, options) => connect(user, url, options),
      closeAll: (code, reason) => user.closeAll(code, reason),
    },
    endIteration: () => user.endIteration(),
    abort: () => user.abort(),
    close: () => user.close(),
  }
}

const keys = [...messageOptionKeys, 'headers', 'subprotocols']

async function connect<Message>(
  user: MessageUser,
  text: string,
  options: WebSocketOptions = {},
): Promise<WebSocketConnection<Message>> {
  const { engine, owner } = user
  const { starting = false } = owner
  user.check()
  checkKeys('ws.connect', options, keys)
  checkSubprotocols(options.subprotocols)
  const url = wsAddress(text, engine)
  const rules = channelRules(engine, options, { label: foldPath(url.pathname), starting })
  const driver = await loadDriver()
  user.check()
  const channel = new Channel(engine, user, rules)
  try {
    new WebSocketWire(channel, driver, url, options)
  } catch (cause) {
    channel.refused('exception', messageOf(cause))
    throw new ToolError('PLAN_INVALID', `Expected ws.connect(…) to be given headers that can be sent: ${messageOf(cause)}.`, {
      cause,
    })
  }
  await channel.opening.promise
  // The caller says what the server sends; the connection cannot know.
  return new Connection(channel) as WebSocketConnection<unknown> as WebSocketConnection<Message>
}
