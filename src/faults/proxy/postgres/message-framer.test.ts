import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageFramer } from './message-framer.ts'

interface Seen {
  readonly messages: { type: string; bytes: string; isEnded: boolean }[]
  readonly bytes: string
  readonly raw: string
  readonly malformed: number
}

/** Pushes `chunks` and tells what was found. `passes`: pieces of heads are passed on at once. `D` is skipped when pieces are passed. */
function frame(chunks: readonly Buffer[], passes = false): Seen {
  const messages: Seen['messages'] = []
  let raw = ''
  let passed = ''
  let malformed = 0
  let single = ''
  const framer: MessageFramer = new MessageFramer(
    {
      skips: () => false,
      partial(bytes) {
        if (passes) passed += bytes.toString('latin1')
        return passes
      },
      head({ type, content }, bytes, isWhole) {
        expect(isWhole).toBe(passed === '')
        messages.push({
          type: type === 0 ? 'first' : String.fromCharCode(type),
          bytes: passed + bytes.toString('latin1'),
          isEnded: false,
        })
        passed = ''
        if (type === 0) framer.expect(content.readUInt32BE(0) === 196608 ? 'typed' : 'byte')
      },
      body(bytes) {
        const last = messages.at(-1)
        if (last) last.bytes += bytes.toString('latin1')
      },
      end() {
        const last = messages.at(-1)
        if (last) last.isEnded = true
      },
      byte(_, bytes) {
        single += bytes.toString('latin1')
        framer.expect('startup')
      },
      raw(bytes) {
        raw += passed + bytes.toString('latin1')
        passed = ''
      },
      malformed: () => malformed++,
    },
    'startup',
  )
  for (const chunk of chunks) framer.push(chunk)
  framer.finish()
  return { messages, bytes: messages.map(({ bytes }) => bytes).join('') + single, raw, malformed }
}

function message(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length + 4)
  return Buffer.concat([Buffer.from(type), length, content])
}

const start = message('', Buffer.concat([Buffer.from([0, 3, 0, 0]), Buffer.from('user\0me\0\0')]))

describe('the messages of a PostgreSQL connection', () => {
  it('begin without a letter, and go on with one', () => {
    const seen = frame([Buffer.concat([start, message('Q', Buffer.from('SELECT 1\0')), message('X', Buffer.alloc(0))])])
    expect(seen.messages.map(({ type, isEnded }) => [type, isEnded])).toEqual([
      ['first', true],
      ['Q', true],
      ['X', true],
    ])
  })

  it('may begin with a question that a single byte answers', () => {
    const seen = frame([message('', Buffer.from([4, 210, 22, 47])), Buffer.from('N'), start])
    expect(seen.messages.map(({ type }) => type)).toEqual(['first', 'first'])
    expect(seen.malformed).toBe(0)
  })

  it.each([
    ['of TLS', Buffer.from([22, 3, 1, 2, 0, 1, 0, 1])],
    ['of HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['that are no letter', Buffer.concat([start, Buffer.from([1, 0, 0, 0, 4])])],
    ['of an impossible length', Buffer.concat([start, Buffer.from([81, 0, 0, 0, 3])])],
  ])('are not looked for any more in bytes %s, and not one is lost', (_, bytes) => {
    const seen = frame([bytes])
    expect(seen.malformed).toBe(1)
    expect(seen.bytes + seen.raw).toBe(bytes.toString('latin1'))
  })

  it('do not depend on how the bytes are cut into chunks, and keep every byte', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.integer({ min: 250, max: 600 }).map((length) => new Uint8Array(length).fill(7)),
    )
    const sent = fc.array(fc.tuple(fc.constantFrom('Q', 'D', 'C', 'Z'), content), { maxLength: 8 })
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(sent, sizes, fc.boolean(), (parts, cuts, passes) => {
        const bytes = Buffer.concat([start, ...parts.map(([type, part]) => message(type, Buffer.from(part)))])
        const chunks: Buffer[] = []
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = cuts[turn % cuts.length] ?? 1
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        const whole = frame([bytes])
        expect(frame(chunks, passes)).toEqual(whole)
        expect(whole.messages).toHaveLength(parts.length + 1)
        expect(whole.bytes).toBe(bytes.toString('latin1'))
      }),
      { seed: 6 },
    )
  })
})
