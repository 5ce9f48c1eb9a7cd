import { expect, test } from 'vitest'
import { behaviourWith, defects, isDefect, soundBehaviour } from './defects.ts'

test('without a defect the behaviour is the sound one, and every defect changes something', () => {
  expect(behaviourWith([])).toEqual(soundBehaviour)
  for (const name of Object.keys(defects).filter(isDefect)) expect(behaviourWith([name]), name).not.toEqual(soundBehaviour)
})

test('two defects add up', () => {
  expect(behaviourWith(['leak', 'no-block'])).toEqual({ ...soundBehaviour, forgetsSessions: false, blocksAddresses: false })
})

test('an inherited property name is not a defect', () => {
  expect(isDefect('toString')).toBe(false)
})
