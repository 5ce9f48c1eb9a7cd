import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatBytes, readBytes } from './bytes.ts'
import { editDistance, formatPath, nearest } from './check.ts'
import { formatDuration, parseDuration, readDuration } from './duration.ts'
import { formatRate, parseRate, readRate } from './rate.ts'
import { maskSecrets } from './secrets.ts'
import { formatShare, readShare } from './share.ts'

test.each<[string | number, number]>([
  ['30s', 30_000],
  ['500ms', 500],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['1m30s', 90_000],
  ['1.5s', 1500],
  ['0s', 0],
  ['2min', 120_000],
  ['1d', 86_400_000],
  [250, 250],
  [' 5 s ', 5000],
])('%s lasts %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '5', 's', '-1s', '1x', '1 s x', 'soon', -1, Number.NaN, null, {}])('%j is no duration', (value) => {
  expect(readDuration(value)).toBeUndefined()
})

test('whole milliseconds survive formatting', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), (ms) => parseDuration(formatDuration(ms)) === ms),
    { seed: 1 },
  )
})

test('rates are per second, minute or hour', () => {
  expect([parseRate('50/s'), parseRate('3000/m'), parseRate('1/h'), parseRate(7)]).toEqual([50, 50, 1 / 3600, 7])
  expect([formatRate(50), formatRate(0.5), formatRate(1 / 3600), formatRate(2.5)]).toEqual(['50/s', '30/m', '1/h', '150/m'])
  for (const wrong of ['50', '50/x', '/s', '-1/s', 'fast']) expect(readRate(wrong)).toBeUndefined()
})

test('sizes are decimal or binary', () => {
  expect([readBytes('1kB'), readBytes('1KiB'), readBytes('1.5GB'), readBytes(3)]).toEqual([1000, 1024, 1.5e9, 3])
  expect([readBytes('1G'), readBytes('1'), readBytes('-1B')]).toEqual([undefined, undefined, undefined])
  expect([formatBytes(1.5e9), formatBytes(999), formatBytes(123_456)]).toEqual(['1.5 GB', '999 B', '123 kB'])
})

test('the nearest word is found across slips, not across meanings', () => {
  expect(editDistance('warmpu', 'warmup')).toBe(1)
  expect(nearest('warmpu', ['warmup', 'watch'])).toBe('warmup')
  expect(nearest('Users', ['users', 'use'])).toBe('users')
  expect(nearest('zzz', ['users', 'for'])).toBeUndefined()
})

test('a path is written as one would write it in code', () => {
  expect(formatPath(['tests', 'normal load', 'objectives', 1])).toBe("tests['normal load'].objectives[1]")
})

test('secrets are masked in every spelling, the longest first', () => {
  const secret = 'p@ss"word'
  const text = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify({ secret }),
    Buffer.from(secret).toString('base64'),
    `${secret}-long`,
  ].join(' ')
  const masked = maskSecrets(text, [secret, `${secret}-long`])
  expect(masked).toBe('*** *** {"secret":"***"} *** ***')
  expect(maskSecrets('a 12 b', ['12', ''])).toBe('a 12 b')
})

test.each<[string, number]>([
  ['5%', 0.05],
  ['0.07%', 0.0007],
  [' 12.5 % ', 0.125],
  ['100%', 1],
])('%s is a share of %d, and is written as it was read', (text, share) => {
  expect(readShare(text)).toBe(share)
  expect(formatShare(share)).toBe(text.replaceAll(' ', ''))
})

test.each(['5', '101%', '-1%', '%', 0.05, null])('%j is no share', (value) => {
  expect(readShare(value)).toBeUndefined()
})
