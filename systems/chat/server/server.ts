import type { FastifyInstance } from 'fastify'
import { Accounts } from './accounts.ts'
import { createApp } from './app.ts'
import type { Settings } from './arguments.ts'
import { Chat } from './chat.ts'
import type { ConnectionContext } from './connection.ts'
import type { Behaviour } from './defects.ts'
import { Entrance } from './entrance.ts'
import type { Passwords } from './passwords.ts'
import type { Protections } from './protections.ts'
import type { Store } from './store.ts'
import { openTcpDoor } from './tcp-door.ts'
import { Tokens } from './tokens.ts'
import { openWebSocketDoor } from './ws-door.ts'

export interface ServerOptions {
  readonly store: Store
  readonly passwords: Passwords
  readonly behaviour: Behaviour
  readonly protections: Protections
  readonly settings: Settings
  readonly tokenSecret: string
  readonly host: string
  readonly port: number
  readonly tcpPort: number
  readonly validates: boolean
  readonly presenceEveryMs?: number
  /** Routes of files, of the dashboard and of metrics. */
  readonly addRoutes?: (app: FastifyInstance, core: { readonly chat: Chat; readonly tokens: Tokens }) => Promise<void>
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly tcpPort: number
  readonly chat: Chat
  /** Notice, drain, close: what was accepted is stored and delivered. */
  stop(): Promise<void>
}

/** The core behind its three doors. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { store, passwords, behaviour, protections, settings, tokenSecret, host, validates } = options
  const tokens = new Tokens(tokenSecret)
  await passwords.verify('', undefined)
  const presence = options.presenceEveryMs === undefined ? {} : { presenceEveryMs: options.presenceEveryMs }
  const chat = new Chat({ store, behaviour, protections, ...presence })
  const accounts = new Accounts({ store, passwords, tokens, protections })
  const app = createApp({ chat, accounts, tokens, protections, validates })
  await options.addRoutes?.(app, { chat, tokens })
  const { connections: mostConnections, addressConnections: mostOfAddress } = settings
  const entrance = new Entrance({ chat, protections, mostConnections, mostOfAddress })
  const { outboundBytes: mostWaitingBytes, helloMs: helloWithinMs } = settings
  const context: ConnectionContext = { chat, tokens, protections, validates, helloWithinMs, mostWaitingBytes }
  const webSockets = openWebSocketDoor({ server: app.server, entrance, context, heartbeatMs: settings.heartbeatMs })
  addGauges(chat, protections)
  try {
    const tcp = await openTcpDoor({ port: options.tcpPort, host, entrance, context })
    const url = await app.listen({ port: options.port, host, backlog: 1_024 })
    return {
      url,
      port: Number(new URL(url).port),
      tcpPort: tcp.port,
      chat,
      async stop() {
        await chat.drain({ noticeMs: settings.noticeMs, withinMs: settings.drainMs })
        await Promise.all([webSockets.close(), tcp.close()])
        await app.close()
      },
    }
  } catch (error) {
    await webSockets.close()
    await app.close()
    throw error
  }
}

function addGauges(chat: Chat, { monitor }: Protections): void {
  monitor.gauge('sessions', 'Sessions in memory.', () => chat.sessions.count)
  monitor.gauge('connections', 'Open connections of both doors.', () => chat.sessions.open)
  monitor.gauge('users_online', 'Users with a connection.', () => chat.sessions.usersOnline)
  monitor.gauge('rooms_live', 'Rooms with somebody in them.', () => chat.liveRooms)
  monitor.gauge('messages_waiting', 'Messages that wait for the database.', () => chat.messagesWaiting)
  monitor.gauge('outbound_bytes', 'Bytes that wait for their readers.', () => chat.sessions.waitingBytes)
}
