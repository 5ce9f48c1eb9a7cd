import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Framing } from '../../model/message-context.ts'
import { FrameRefused, framerOf } from './framing.ts'

function read(framing: Framing, chunks: readonly (string | Uint8Array)[], options = {}): unknown[] {
  const framer = framerOf(framing, { maxBytes: 1000, text: undefined, ...options })
  const out: unknown[] = []
  for (const chunk of chunks)
    framer.read(Buffer.from(chunk as string), (text, bytes) => out.push(text ?? Buffer.from(bytes ?? []).toString('latin1')))
  return out
}

/** What is sent by one framer, cut anywhere, is what another one reads. */
function survives(framing: Framing): void {
  const framer = framerOf(framing, { maxBytes: 1000, text: true })
  const messages = fc.array(
    fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !/[\r\n]/.test(text)),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 9 })), (texts, cuts) => {
      const whole = Buffer.concat(texts.map((text) => Buffer.from(framer.wrap(text))))
      const chunks: Buffer[] = []
      for (let at = 0, i = 0; at < whole.length; i++) {
        const size = cuts[i] ?? 11
        chunks.push(whole.subarray(at, at + size))
        at += size
      }
      expect(read(framing, chunks, { text: true })).toEqual(texts)
    }),
    { seed: 5 },
  )
}

describe('lines', () => {
  test('end with a line feed, with or without a carriage return', () => {
    expect(read('line', ['a\r\nb', 'c\n\nd'])).toEqual(['a', 'bc', ''])
  })
  test('survive being cut anywhere', () => survives('line'))
  test('are bytes when no text is wanted', () => {
    expect(read('line', [Buffer.from([0xff, 0xfe, 0x0a])], { text: false })).toEqual(['\u00ff\u00fe'])
  })
  test('that never end are refused as soon as they are too long', () => {
    expect(() => read('line', ['x'.repeat(600), 'y'.repeat(600)])).toThrow(FrameRefused)
    expect(read('line', [`${'x'.repeat(1000)}\n`])).toHaveLength(1)
  })
})

describe.each([1, 2, 4] as const)('a length of %i bytes', (lengthPrefix) => {
  test('survives being cut anywhere', () => survives({ lengthPrefix }))
  test('stands before what is sent, big-endian', () => {
    const wrapped = Buffer.from(framerOf({ lengthPrefix }, { maxBytes: 1000, text: undefined }).wrap('abc'))
    expect(wrapped.readUIntBE(0, lengthPrefix)).toBe(3)
    expect(wrapped.toString('latin1', lengthPrefix)).toBe('abc')
  })
})

test('a length beyond the limit is refused before its bytes have come', () => {
  expect(() => read({ lengthPrefix: 4 }, [Buffer.of(0x7f, 0, 0, 0)])).toThrow(/2130706432 bytes/)
})

test('a message that is too long for its prefix is a mistake of the plan', () => {
  expect(() => framerOf({ lengthPrefix: 1 }, { maxBytes: 1000, text: undefined }).wrap('x'.repeat(256))).toThrow(
    /Expected a message/,
  )
})

describe('a function of the plan', () => {
  const fixed: Framing = (bytes) => (bytes.length < 3 ? 0 : 3)
  test('says where a message ends', () => {
    expect(read(fixed, ['ab', 'cde', 'f'])).toEqual(['abc', 'def'])
  })
  test('that says nonsense is refused', () => {
    expect(() => read(() => -1, ['x'])).toThrow(FrameRefused)
    expect(() => read(() => NaN, ['x'])).toThrow(FrameRefused)
  })
})

test.each([{ lengthPrefix: 3 }, 'lines', null, {}])('%j is no framing', (framing) => {
  // A plan without types.
  expect(() => framerOf(framing as Framing, { maxBytes: 10, text: undefined })).toThrow(/Expected `framing`/)
})
