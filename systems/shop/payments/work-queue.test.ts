import { expect, test } from 'vitest'
import { WorkQueue } from './work-queue.ts'

test('as many as there are workers are served at once, the next when the first is done', () => {
  const queue = new WorkQueue({ workers: 2, serviceMs: 40, maxWaitMs: 1_000 })
  expect([queue.admit(0), queue.admit(10), queue.admit(10), queue.admit(200)]).toEqual(
    [40, 50, 80, 240].map((doneAtMs) => ({ doneAtMs })),
  )
})

test('in overload exactly c/S get through, and the others are told when to come back', () => {
  const queue = new WorkQueue({ workers: 4, serviceMs: 40, maxWaitMs: 200 })
  const answers = Array.from({ length: 2_000 }, (_, index) => queue.admit(index * 5)) // 200/s to a capacity of 100/s
  const lateHalf = answers.slice(1_000)
  const served = lateHalf.filter((answer) => 'doneAtMs' in answer).length
  expect(served / 5).toBeCloseTo(100, 0)
  for (const answer of lateHalf) if ('retryAfterMs' in answer) expect(answer.retryAfterMs).toBeGreaterThan(0)
})
