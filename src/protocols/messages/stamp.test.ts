import { expect, test } from 'vitest'
import { readStamp, writeStamp } from './stamp.ts'

const stamp = { sender: 'ws0.1a.3', stream: 'room 1', number: 17, atMs: 1234.567 }

test('a stamp is found in whatever a server makes of the text around it', () => {
  const text = writeStamp(stamp)
  expect(readStamp(text)).toEqual(stamp)
  expect(readStamp(`MSG ada hello ${text}`)).toEqual(stamp)
  expect(readStamp(JSON.stringify({ type: 'say', text: `he said "${text}"`, to: ['x'] }))).toEqual(stamp)
})

test.each(['', 'ä ö', 'a:b', 'a~b', 'a b', '100%'])('a stream may be called %j', (stream) => {
  expect(readStamp(writeStamp({ ...stamp, stream }))?.stream).toBe(stream)
})

test.each([
  'hello',
  '~pl:',
  '~pl:~',
  '~pl:a:b:c:d~',
  '~pl:a:b:0:1~',
  '~pl:a:b:1.5:1~',
  '~pl:a:b:1:~',
  '~pl::b:1:1~',
  '~pl:a:b:1:1:1~',
  '~pl:a:b:1:1',
])('%j carries no stamp', (text) => expect(readStamp(text)).toBeUndefined())

test('a stream that cannot be decoded is taken as it is', () => {
  expect(readStamp('~pl:a:%E0%A4%A:1:1~')?.stream).toBe('%E0%A4%A')
})
