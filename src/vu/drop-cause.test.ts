import { expect, test } from 'vitest'
import { dropCause } from './drop-cause.ts'
import type { DropSituation } from './drop-cause.ts'

/** A healthy target that answers in 100 ms, 100/s, a cap of 50: Little says 10 users are enough. */
const healthy: DropSituation = {
  atCap: true,
  maxUsers: 50,
  ratePerSec: 100,
  earlySec: 0.1,
  recentSec: 0.1,
  waitingShare: 1,
  loopBusy: 0.3,
}

test('with users free the generator was late', () => {
  expect(dropCause({ ...healthy, atCap: false })).toBe('generator')
})

test('a generator without time left cannot blame anybody else', () => {
  expect(dropCause({ ...healthy, recentSec: 2, loopBusy: 0.99 })).toBe('generator')
})

test('a cap below what the healthy target needs is to blame, even when the target got slower too', () => {
  expect(dropCause({ ...healthy, maxUsers: 9 })).toBe('usersCap')
  expect(dropCause({ ...healthy, maxUsers: 9, recentSec: 3 })).toBe('usersCap')
})

test('a target that got slower than its healthy self fills a cap that was large enough', () => {
  expect(dropCause({ ...healthy, recentSec: 0.6 })).toBe('target')
})

test('a burst that meets a tight cap while nothing got slower is the cap’s fault', () => {
  expect(dropCause(healthy)).toBe('usersCap')
})

test('when no iteration ever ended, it is the target if most users wait for it', () => {
  expect(dropCause({ ...healthy, earlySec: null })).toBe('target')
  expect(dropCause({ ...healthy, earlySec: null, waitingShare: 0.1 })).toBe('usersCap')
})
