/** Byte streams as servers might send them: answers of the grammar, and answers with something wrong. Strings are Latin-1. */

export interface FuzzStream {
  readonly bytes: string
  /** Methods of the requests that the stream answers. */
  readonly methods: readonly ('GET' | 'HEAD')[]
}

export type Random = () => number

/** mulberry32: small, fast, seeded. */
export function fuzzRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const statuses = ['200', '200', '200', '201', '204', '206', '301', '302', '304', '400', '404', '500', '503', '999', '299', '205']
const rareStatuses = ['099', '000', '101', '100', '103', '20', '2000', 'abc', '']
const reasons = [' OK', ' OK', ' OK', '', ' ', ' Not Found', ' \xe4\xf6', ' a  b\t', ' \x01', ' OK\x00']
const names = [
  'Date',
  'Server',
  'X-A',
  'content-type',
  'Set-Cookie',
  'ETag',
  'x',
  "!#$%&'*+-.^_`|~09",
  'Upgrade',
  'Trailer',
  '__proto__',
]
const values = [
  'a',
  '',
  'a b',
  '  padded \t ',
  'Sat, 21 Nov 2026 12:00:00 GMT',
  '"q\\"x"',
  '\xe9\xff',
  'a, b',
  'websocket',
  'x'.repeat(300),
]
const oddLines = [
  'Content-Length: 5, 5', 'Content-Length: +5', 'Content-Length: 5 ', 'Content-Length:\t5\t', 'Content-Length: 0x5', 'Content-Length: ', 'Content-Length: 5 5',
  'Content-Length: -1', 'Content-Length: 99999999999999999999', 'Content-Length: 3', 'Content-Length: 5', 'content-LENGTH: 7', 'Content-Length : 5',
  'Transfer-Encoding: gzip', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: chunked, gzip', 'Transfer-Encoding: chunked', 'Transfer-Encoding: CHUNKED',
  'Transfer-Encoding: chunked ', 'Transfer-Encoding: identity', 'Transfer-Encoding: xchunked', 'Transfer-Encoding: ', 'Transfer-Encoding: chunked, chunked',
  'Connection: close', 'Connection: keep-alive', 'Connection: close, keep-alive', 'Connection: keep-alive, close', 'Connection: upgrade', 'Connection: CLOSE',
  'Connection: keep-alivex', 'Connection: x, close', 'Connection: close x', 'Connection: ,close', 'Connection:close\t', 'Connection: "close"', 'Proxy-Connection: close',
  'Proxy-Connection: keep-alive', ' folded: x', '\tfolded', ': empty', 'no colon', 'X\x00: a', 'X: a\x00b', 'X: a\x7f', 'X: \x0b', 'X\xe9: a', 'X(: a', 'X: a\rb', 'X: a\nb',
] // prettier-ignore
const extensions = [
  '',
  '',
  '',
  '',
  ';a',
  ';a=b',
  ';a="b c"',
  ';a="\\""',
  '; a',
  ';',
  ';a=',
  ' ',
  ';a=b;c',
  ';=',
  ';a="',
  ';\x01',
  ';a b',
  ';a="\xe9"',
]

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

function content(random: Random): string {
  const length = random() < 0.05 ? below(random, 20_000) : below(random, 60)
  const letters = ['a', '\r', '\n', '0', '\x00', '\xff', 'H', ' ']
  let text = ''
  for (let i = 0; i < length; i++) text += pick(random, letters)
  return text
}

function headerLines(random: Random, most: number): string {
  let text = ''
  for (let i = below(random, most); i > 0; i--)
    text += `${pick(random, names)}:${random() < 0.8 ? ' ' : ''}${pick(random, values)}\r\n`
  if (random() < 0.06) text += `${pick(random, oddLines)}\r\n`
  return text
}

function chunkedBody(random: Random): string {
  let text = ''
  for (let i = below(random, 4); i > 0; i--) {
    const piece = content(random) || 'x'
    const size = piece.length.toString(16)
    const spelt = random() < 0.1 ? `00${size.toUpperCase()}` : size
    text += `${spelt}${random() < 0.2 ? pick(random, extensions) : ''}\r\n${piece}\r\n`
  }
  return `${text}0${random() < 0.1 ? pick(random, extensions) : ''}\r\n${random() < 0.3 ? headerLines(random, 3) : ''}\r\n`
}

function answer(random: Random, forHead: boolean): string {
  const status = random() < 0.03 ? pick(random, rareStatuses) : pick(random, statuses)
  const version = random() < 0.85 ? '1.1' : random() < 0.9 ? '1.0' : pick(random, ['2.0', '0.9', '1.2', '1', '3.0', '1.10'])
  const line = `HTTP/${version} ${status}${random() < 0.9 ? ' OK' : pick(random, reasons)}\r\n`
  const before = headerLines(random, 4)
  const after = headerLines(random, 3)
  const connection = random() < 0.2 ? `Connection: ${pick(random, ['close', 'keep-alive', 'Keep-Alive', 'Close'])}\r\n` : ''
  const framing = random()
  const noBody = forHead || status === '204' || status === '304'
  if (framing < 0.45) {
    const body = content(random)
    return `${line}${before}Content-Length: ${body.length}\r\n${connection}${after}\r\n${noBody ? '' : body}`
  }
  if (framing < 0.85)
    return `${line}${before}${connection}Transfer-Encoding: chunked\r\n${after}\r\n${noBody ? '' : chunkedBody(random)}`
  return `${line}${before}${connection}${after}\r\n${noBody ? '' : content(random)}`
}

const oddBytes = [
  '\r',
  '\n',
  '\r\n',
  '\x00',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0',
  '5',
  'f',
  'g',
  '\x7f',
  '\xff',
  'H',
  'HTTP/1.1 200 OK\r\n\r\n',
  '\r\n\r\n',
  '-',
  '"',
]

function mutate(random: Random, text: string): string {
  const at = below(random, Math.max(1, text.length))
  const kind = random()
  if (kind < 0.2) return text.slice(0, at) + text.slice(at + 1)
  if (kind < 0.45) return text.slice(0, at) + pick(random, oddBytes) + text.slice(at)
  if (kind < 0.65) return text.slice(0, at) + pick(random, oddBytes) + text.slice(at + 1)
  if (kind < 0.72) return text.slice(0, at) + text.slice(at, at + below(random, 30)) + text.slice(at)
  if (kind < 0.78) return text.slice(0, at)
  if (kind < 0.84) return text.slice(0, at) + text.slice(at + below(random, 12))
  const lineEnd = text.indexOf('\r\n', at)
  if (lineEnd === -1) return text
  if (kind < 0.96) return `${text.slice(0, lineEnd)}\r\n${pick(random, oddLines)}${text.slice(lineEnd)}`
  return text.slice(0, lineEnd) + pick(random, ['\n', '\r', '\r\r\n', '\n\r', '\r\n ', ' \r\n', '']) + text.slice(lineEnd + 2)
}

/** One stream; half of them as the grammar says (odd lines apart), half of them mutated. */
export function fuzzStream(random: Random): FuzzStream {
  const methods: ('GET' | 'HEAD')[] = []
  let bytes = random() < 0.02 ? '\r\n' : ''
  for (let i = 1 + below(random, 3); i > 0; i--) {
    const forHead = random() < 0.1
    methods.push(forHead ? 'HEAD' : 'GET')
    if (random() < 0.08)
      bytes += `HTTP/1.1 ${pick(random, ['100 Continue', '103 Early Hints', '102 Processing', '199 X'])}\r\n${headerLines(random, 3)}\r\n`
    bytes += answer(random, forHead)
  }
  for (let i = random() < 0.5 ? 0 : 1 + below(random, 3); i > 0; i--) bytes = mutate(random, bytes)
  return { bytes, methods }
}
