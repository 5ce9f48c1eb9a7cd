import { expect, test } from 'vitest'
import { JoinedOutlet } from './joined-outlet.ts'

function told(): { out: JoinedOutlet; seen: string[] } {
  const seen: string[] = []
  const out = new JoinedOutlet({ write: (chunk) => seen.push(chunk.toString()), end: () => seen.push('end') })
  return { out, seen }
}

test('what is written while a chunk is taken apart goes on at once, and else as it comes', () => {
  const { out, seen } = told()
  out.write(Buffer.from('a'))
  out.during(() => {
    out.write(Buffer.from('b'))
    out.write(Buffer.from('c'))
    expect(seen).toEqual(['a'])
  })
  out.during(() => undefined)
  out.write(Buffer.from('d'))
  expect(seen).toEqual(['a', 'bc', 'd'])
})

test('an end comes after everything before it', () => {
  const { out, seen } = told()
  out.during(() => {
    out.write(Buffer.from('a'))
    out.end()
  })
  expect(seen).toEqual(['a', 'end'])
})
