import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LevelMeter } from './level-meter.ts'

test('the integral is the sum of the pieces, whatever the cuts between them', () => {
  const change = fc.record({ afterMs: fc.integer({ min: 0, max: 500 }), by: fc.integer({ min: -3, max: 5 }), cut: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const meter = new LevelMeter(0)
      let now = 0
      let level = 0
      let expected = 0
      let measured = 0
      for (const { afterMs, by, cut } of changes) {
        expected += (level * afterMs) / 1000
        now += afterMs
        level += by
        meter.change(now, by)
        if (cut) measured += meter.cut(now).areaSec
      }
      expect(measured + meter.cut(now).areaSec).toBeCloseTo(expected, 6)
      expect(meter.value).toBe(level)
    }),
    { seed: 1 },
  )
})

test('the largest level of a window is at least the level it began with', () => {
  const meter = new LevelMeter(0)
  meter.change(10, 7)
  meter.cut(20)
  meter.change(30, -7)
  expect(meter.cut(40)).toEqual({ areaSec: 0.07, max: 7 })
  expect(meter.cut(50)).toEqual({ areaSec: 0, max: 0 })
})

test('a time that lies a moment back adds nothing and takes nothing away', () => {
  const meter = new LevelMeter(0)
  meter.change(10, 1)
  meter.change(9.9, 1)
  expect(meter.cut(20).areaSec).toBeCloseTo(0.02, 9)
})

test('a message that was on its way before it was heard of has been in flight for that long', () => {
  const meter = new LevelMeter(0)
  meter.change(100, 1)
  meter.add(30)
  meter.change(100, -1)
  expect(meter.cut(200)).toEqual({ areaSec: 0.03, max: 1 })
})
