import { expect, test } from 'vitest'
import { behaviourWith, defects, isDefectName, soundBehaviour } from './defects.ts'

test('without a defect the behaviour is the sound one', () => {
  expect(behaviourWith([])).toEqual(soundBehaviour)
})

test('every defect changes something', () => {
  for (const name of Object.keys(defects).filter(isDefectName)) {
    expect(behaviourWith([name]), name).not.toEqual(soundBehaviour)
  }
})

test('two defects add up', () => {
  expect(behaviourWith(['no-cache', 'small-pool'])).toMatchObject({ isCacheOn: false, poolMax: 2, blocksEventLoop: false })
})

test('an inherited property name is not a defect', () => {
  expect(isDefectName('toString')).toBe(false)
})
