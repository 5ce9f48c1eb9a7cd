import { randomBytes } from 'node:crypto'
import { requestText } from './http-text.ts'
import type { Bytes, Heard } from './pattern.ts'

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** The request that opens a WebSocket (RFC 6455, 4.1). */
export function upgradeText(path: string, host: string): string {
  return requestText({
    ...{ method: 'GET', path, host },
    headers: {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      'Sec-WebSocket-Version': '13',
    },
  })
}

export interface FrameOptions {
  readonly opcode: number
  readonly payload: Bytes
  /** Default true. */
  readonly fin?: boolean
  /** Default true: clients must (RFC 6455, 5.3). */
  readonly masked?: boolean
  /** Bits that nobody has agreed upon; default 0. */
  readonly reserved?: number
  /** Announced in place of its real length. */
  readonly length?: number
}

/** A frame of a client (RFC 6455, 5.2), or one that breaks its rules. */
export function frame({ opcode, payload, fin = true, masked = true, reserved = 0, length }: FrameOptions): Buffer {
  const body = Buffer.from(payload)
  const announced = length ?? body.length
  const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode]
  const mask = masked ? 0x80 : 0
  const size = Buffer.alloc(8)
  if (announced < 126) head.push(mask | announced)
  else if (announced < 65_536) {
    size.writeUInt16BE(announced)
    head.push(mask | 126, ...size.subarray(0, 2))
  } else {
    size.writeBigUInt64BE(BigInt(announced))
    head.push(mask | 127, ...size)
  }
  if (!masked) return Buffer.concat([Buffer.from(head), body])
  const key = randomBytes(4)
  for (const [i, byte] of body.entries()) body[i] = byte ^ (key[i % 4] ?? 0)
  return Buffer.concat([Buffer.from(head), key, body])
}

/** What is kept of a frame: enough for an error message. */
const keptBytes = 4096

export interface WebSocketEar {
  readonly isOpen: () => boolean
  hear(chunk: Buffer): readonly Heard[]
}

/** Hears the answer to the upgrade, then the texts and the close code of frames. */
export function createWebSocketEar(onOpen: () => void): WebSocketEar {
  let isOpen = false
  let rest = Buffer.alloc(0)
  const heads = (): readonly Heard[] => {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return []
    const head = rest.subarray(0, end).toString('latin1')
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]
    if (status !== '101') return [{ status: status ?? 'malformed', text: rest.toString('latin1'), isEnd: true }]
    rest = rest.subarray(end + 4)
    isOpen = true
    onOpen()
    return frames()
  }
  const frames = (): readonly Heard[] => {
    const heard: Heard[] = []
    for (;;) {
      const one = frameAt(rest)
      if (one === undefined) return heard
      rest = rest.subarray(one.length)
      if (one.opcode === opcodes.close) {
        const code = one.payload.length >= 2 ? one.payload.readUInt16BE(0) : 1005
        heard.push({ status: String(code), text: one.payload.subarray(2).toString('utf8'), isEnd: true })
      } else if (one.opcode === opcodes.text) heard.push({ text: one.payload.subarray(0, keptBytes).toString('utf8') })
    }
  }
  return {
    isOpen: () => isOpen,
    hear(chunk) {
      rest = Buffer.concat([rest, chunk])
      return isOpen ? frames() : heads()
    },
  }
}

/** A whole unmasked frame at the beginning; undefined while it is on its way. */
function frameAt(bytes: Buffer): { readonly opcode: number; readonly payload: Buffer; readonly length: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1) & 0x7f
  const headLength = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < headLength) return undefined
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < headLength + size) return undefined
  return { opcode: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(headLength, headLength + size), length: headLength + size }
}
