import net from 'node:net'
import tls from 'node:tls'
import type { MessageEngine } from './message-engine.ts'
import type { Opening } from './opening.ts'
import type { Opened } from './wire.ts'

export interface SocketAddress {
  /** Without brackets. */
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** Where it connects to instead: a proxy that stands in the way and is not to be seen. */
  readonly via: { readonly host: string; readonly port: number } | undefined
}

/** When the parts of an opening were done, on the worker's clock; 0: not, or not yet. */
export interface SocketMarks {
  resolvedMs: number
  connectedMs: number
  secureMs: number
}

export interface OpenSocket {
  readonly socket: net.Socket
  readonly marks: SocketMarks
}

/** Begins to open a socket; `ready` is called when bytes can be sent. */
export function openSocket(engine: MessageEngine, opening: Opening, address: SocketAddress, ready: () => void): OpenSocket {
  const { now } = engine
  const marks: SocketMarks = { resolvedMs: 0, connectedMs: 0, secureMs: 0 }
  const socket = address.tls ? openTls(engine, address) : openPlain(engine, address)
  socket.setNoDelay(true)
  if (net.isIP(address.host) === 0) {
    socket.once('lookup', () => {
      marks.resolvedMs = now()
    })
  }
  socket.once('connect', () => {
    marks.connectedMs = now()
    opening.connected()
    if (!address.tls) ready()
  })
  if (address.tls) {
    socket.once('secureConnect', () => {
      marks.secureMs = now()
      ready()
    })
  }
  return { socket, marks }
}

/** The parts of an opening that is over. */
export function partsOf(
  opening: Opening,
  { resolvedMs, connectedMs, secureMs }: SocketMarks,
  nowMs: number,
): Omit<Opened, 'status'> {
  const begunMs = resolvedMs === 0 ? opening.calledMs : resolvedMs
  const sentMs = secureMs === 0 ? connectedMs : secureMs
  return {
    dnsMs: resolvedMs === 0 ? 0 : resolvedMs - opening.calledMs,
    connectMs: connectedMs - begunMs,
    tlsMs: secureMs === 0 ? 0 : secureMs - connectedMs,
    handshakeMs: nowMs - sentMs,
    sentMs,
  }
}

function openPlain(engine: MessageEngine, { host, port, via }: SocketAddress): net.Socket {
  const localAddress = engine.nextLocalAddress()
  return net.connect({
    host: via?.host ?? host,
    port: via?.port ?? port,
    ...(localAddress === undefined ? {} : { localAddress }),
  })
}

function openTls(engine: MessageEngine, { host, port, via }: SocketAddress): net.Socket {
  const { rejectUnauthorized, servername, ca, cert, key } = engine.spec.tls
  const localAddress = engine.nextLocalAddress()
  const name = servername ?? (net.isIP(host) === 0 ? host : undefined)
  return tls.connect({
    host: via?.host ?? host,
    port: via?.port ?? port,
    // The certificate is that of the server, whoever passes its bytes on.
    ...(via === undefined ? {} : { checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name ?? host, certificate) }),
    rejectUnauthorized,
    ...(name === undefined ? {} : { servername: name }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(localAddress === undefined ? {} : { localAddress }),
  })
}
