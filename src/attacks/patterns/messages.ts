import type { MalformedAction, MessageAction, ReconnectAction } from '../../model/attack-spec.ts'
import type { Conversation, Link, PatternOf } from '../pattern.ts'
import { createWebSocketEar, frame, opcodes, upgradeText } from '../web-socket-text.ts'

const answerMs = 5000

const numbered = (texts: readonly string[], n: number): string =>
  (texts[n % Math.max(1, texts.length)] ?? '').replaceAll('{n}', String(n))

/** Messages, joins or pings over WebSocket connections, or lines over TCP. */
export const messageFlood: PatternOf<MessageAction> = (action, host) => ({
  style: 'messages',
  answerMs,
  open: (n, link) => (action.protocol === 'ws' ? overWebSocket(action, { host, n, link }) : overTcp(action, n)),
})

function overWebSocket(
  { kind, path, opening, messages }: MessageAction,
  { host, n: connection, link }: { readonly host: string; readonly n: number; readonly link: Link },
): Conversation {
  const ear = createWebSocketEar(() => {
    for (const text of opening) link.write(frame({ opcode: opcodes.text, payload: numbered([text], connection) }))
  })
  const opcode = kind === 'pingFlood' ? opcodes.ping : opcodes.text
  return {
    opening: upgradeText(path, host),
    message: (n) => (ear.isOpen() ? frame({ opcode, payload: numbered(messages, n) }) : undefined),
    hear: (chunk) => ear.hear(chunk),
  }
}

function overTcp({ opening, messages }: MessageAction, connection: number): Conversation {
  return {
    opening: opening.map((text) => `${numbered([text], connection)}\n`).join(''),
    message: (n) => `${numbered(messages, n)}\n`,
    hear: (chunk) => [{ text: chunk.toString('utf8') }],
  }
}

/** Opened, and gone as soon as it is open: what every client does after an outage, all at once. */
export const reconnectStorm: PatternOf<ReconnectAction> = ({ protocol, path }, host) => ({
  style: 'tries',
  answerMs,
  open: () => {
    if (protocol === 'tcp') return { isOverWhenOpen: true }
    let isOpen = false
    const ear = createWebSocketEar(() => {
      isOpen = true
    })
    return {
      opening: upgradeText(path, host),
      hear: (chunk) => {
        const heard = ear.hear(chunk)
        return isOpen ? [{ status: '101', isEnd: true }] : heard
      },
    }
  },
})

/** Frames that RFC 6455 forbids: each must end its connection (5.1, 5.2, 5.4, 5.5, 8.1), with 1002, 1007 or 1009, and none the process. */
export const malformedFrameList: readonly (() => Buffer)[] = [
  () => frame({ opcode: opcodes.text, payload: 'not masked', masked: false }),
  () => frame({ opcode: opcodes.text, payload: 'reserved bit', reserved: 4 }),
  () => frame({ opcode: 0xb, payload: 'reserved opcode' }),
  () => frame({ opcode: opcodes.ping, payload: 'a'.repeat(126) }),
  () => frame({ opcode: opcodes.ping, payload: 'in parts', fin: false }),
  () => frame({ opcode: opcodes.continuation, payload: 'of nothing' }),
  () => frame({ opcode: opcodes.text, payload: Buffer.from([0xc3, 0x28]) }),
  () => frame({ opcode: opcodes.close, payload: Buffer.from([0x00]) }),
  () => frame({ opcode: opcodes.binary, payload: 'huge', length: 2 ** 40 }),
]

export const malformedFrames: PatternOf<MalformedAction> = ({ path }, host) => ({
  style: 'tries',
  answerMs,
  open: (n, link) => {
    const ear = createWebSocketEar(() => {
      const bytes = malformedFrameList[n % malformedFrameList.length]?.()
      if (bytes !== undefined) link.write(bytes)
    })
    // Texts that come before the close are greetings.
    return { opening: upgradeText(path, host), hear: (chunk) => ear.hear(chunk).filter(({ status }) => status !== undefined) }
  },
})
