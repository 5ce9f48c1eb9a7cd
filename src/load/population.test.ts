import fc from 'fast-check'
import { expect, test } from 'vitest'
import { iterationsOfWorker, peakUsers, userChanges, usersAt } from './population.ts'

const level = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 60, noNaN: true }))
const stages = fc.array(
  fc.record({ from: level, to: level, durationSec: fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 30, noNaN: true })) }),
  { minLength: 1, maxLength: 5 },
)

test('a hundred users from the start all begin at time zero', () => {
  const changes = [...userChanges([{ from: 100, to: 100, durationSec: 10 }])]
  expect(changes.map((change) => change.user)).toEqual(Array.from({ length: 100 }, (_, user) => user))
  expect(changes.every((change) => change.begins && change.atMs === 0)).toBe(true)
})

test('a ramp starts users one by one and takes the last one away first', () => {
  const ramp = [
    { from: 0, to: 4, durationSec: 4 },
    { from: 4, to: 2, durationSec: 2 },
  ]
  expect([...userChanges(ramp)]).toEqual([
    { atMs: 500, user: 0, begins: true },
    { atMs: 1500, user: 1, begins: true },
    { atMs: 2500, user: 2, begins: true },
    { atMs: 3500, user: 3, begins: true },
    { atMs: 4500, user: 3, begins: false },
    { atMs: 5500, user: 2, begins: false },
  ])
})

test('at any time the users alive are the rounded level', () => {
  fc.assert(
    fc.property(stages, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
      const endMs = list.reduce((sum, stage) => sum + stage.durationSec, 0) * 1000
      const at = share * endMs * 0.999
      const alive = new Set<number>()
      for (const change of userChanges(list)) {
        if (change.atMs > at) break
        expect(alive.has(change.user)).toBe(!change.begins)
        if (change.begins) alive.add(change.user)
        else alive.delete(change.user)
      }
      // A level that just passes a half may be rounded either way by the last bit of its sum.
      expect(Math.abs(alive.size - usersAt(list, at))).toBeLessThanOrEqual(1)
    }),
    { seed: 5 },
  )
})

test('changes come in order of time and never exceed the peak', () => {
  fc.assert(
    fc.property(stages, (list) => {
      let last = 0
      let alive = 0
      for (const change of userChanges(list)) {
        expect(change.atMs).toBeGreaterThanOrEqual(last - 1e-6)
        expect(change.user).toBeLessThan(peakUsers(list))
        alive += change.begins ? 1 : -1
        expect(change.user).toBe(change.begins ? alive - 1 : alive)
        last = change.atMs
      }
    }),
    { seed: 6 },
  )
})

test('shared iterations are split over the workers without losing one, and a worker without users gets none', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 9 }),
      (total, users, workers) => {
        const parts = Array.from({ length: workers }, (_, worker) => iterationsOfWorker(total, users, worker, workers))
        expect(parts.reduce((a, b) => a + b, 0)).toBe(total)
        for (let worker = users; worker < workers; worker++) expect(parts[worker]).toBe(0)
      },
    ),
    { seed: 8 },
  )
})
