import { expect, test } from 'vitest'
import { LineReader } from './line-reader.ts'

test('lines are found whatever pieces they come in', () => {
  const bytes = Buffer.from('{"a":"é"}\n\r\n{"b":1}\r\nrest')
  for (let size = 1; size <= bytes.length; size += 1) {
    const reader = new LineReader(100)
    const lines: string[] = []
    for (let at = 0; at < bytes.length; at += size) lines.push(...(reader.read(bytes.subarray(at, at + size)) ?? ['too long']))
    expect(lines, `pieces of ${size}`).toEqual(['{"a":"é"}', '{"b":1}'])
  }
})

test('a line that is too long is noticed before its end', () => {
  const reader = new LineReader(10)
  expect(reader.read(Buffer.from('0123456789\n'))).toEqual(['0123456789'])
  expect(reader.read(Buffer.from('012345'))).toEqual([])
  expect(reader.read(Buffer.from('67890'))).toBeUndefined()
})
