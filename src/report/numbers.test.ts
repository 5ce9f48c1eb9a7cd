import { expect, test } from 'vitest'
import { bytes, clock, count, duration, inUnit, ms, percent } from './numbers.ts'

test('a value that is not known is a dash, never a zero', () => {
  expect([ms(null), percent(null), bytes(undefined), count(null), inUnit(null, 'ms')]).toEqual(['–', '–', '–', '–', '–'])
})

test('three digits, whole from a hundred on, seconds from ten seconds on', () => {
  expect([ms(0.0456), ms(1.234), ms(12.34), ms(123.4), ms(1383), ms(12_340)]).toEqual([
    '0.046 ms',
    '1.23 ms',
    '12.3 ms',
    '123 ms',
    '1,383 ms',
    '12.3 s',
  ])
})

test('a share that is not zero never reads as zero, and one below all never reads as all by a little', () => {
  expect([percent(0), percent(0.00001), percent(0.0027), percent(0.123), percent(1)]).toEqual([
    '0 %',
    '< 0.01 %',
    '0.27 %',
    '12.3 %',
    '100 %',
  ])
})

test('times and sizes as people say them', () => {
  expect([clock(5), clock(95), clock(3725)]).toEqual(['0:05', '1:35', '1:02:05'])
  expect([duration(0), duration(10), duration(0.5), duration(60), duration(95)]).toEqual([
    '0 s',
    '10 s',
    '0.5 s',
    '1 min',
    '1 min 35 s',
  ])
  expect([duration(7200), duration(12_345), duration(200_000)]).toEqual(['2 h', '3 h 26 min', '2.31 days'])
  expect([bytes(0), bytes(1500), bytes(140e6)]).toEqual(['0 B', '1.50 kB', '140 MB'])
})
