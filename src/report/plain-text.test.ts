import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oneLine, plainText } from './plain-text.ts'

test('escape sequences vanish whole, words stay', () => {
  expect(plainText('a\u001b[31mred\u001b[0m\u001b]0;title\u0007b\u001b[2J\u009b1mc')).toBe('ared' + 'b1mc')
  expect(plainText('line\none\ttab')).toBe('line\none\ttab')
  expect(oneLine('a\r\n  b\u202e c', 100)).toBe('a b c')
})

test('nothing that a terminal acts on survives, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const character of plainText(text)) {
        const code = character.codePointAt(0) ?? 0
        expect(code === 9 || code === 10 || (code >= 32 && code !== 127 && !(code >= 128 && code < 160))).toBe(true)
      }
    }),
    { seed: 1 },
  )
})

test('pairs of surrogates are kept and lone ones are not', () => {
  expect(plainText('ok 😀 \ud83d end')).toBe('ok 😀  end')
})
