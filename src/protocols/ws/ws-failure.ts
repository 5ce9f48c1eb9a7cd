import type { FailureKind } from '../../model/sample.ts'
import { classifySocketError } from '../socket-failures.ts'

const tooLarge = new Set([
  'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
  'WS_ERR_TOO_MANY_BUFFERED_PARTS',
])
/** What the library says of an answer that opens no WebSocket; it gives no code. */
const badHandshake = /^(Invalid (Upgrade|Sec-WebSocket)|Server (sent|indicated))/

/** What an error of the library or of its socket means. */
export function classifyWsError(
  error: Error,
  { handshaking }: { readonly handshaking: boolean },
): { kind: FailureKind; message: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (tooLarge.has(code)) return { kind: 'too-large', message: error.message }
  if (code.startsWith('WS_ERR_')) return { kind: 'malformed', message: `${error.message} (${code})` }
  if (code.startsWith('HPE_')) return { kind: 'malformed', message: `the answer is no HTTP: ${error.message}` }
  if (badHandshake.test(error.message)) return { kind: 'malformed', message: error.message }
  if (error.message === 'socket hang up') return { kind: 'closed-early', message: 'closed before it answered' }
  return classifySocketError(error, { handshaking })
}
