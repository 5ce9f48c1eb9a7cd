import { expect, test } from 'vitest'
import { Pump } from './pump.ts'
import type { TimedTask, Waiting } from './pump.ts'

/** Virtual time: a turn of the loop takes `turnMs`, a timer is late by `lateMs`. */
function virtualTime({ turnMs = 0.01, lateMs = 0 } = {}): {
  clock: { now(): number }
  waiting: Waiting
  runUntil(ms: number): void
  turns: number
  timers: number
} {
  let now = 0
  let next: { atMs: number; callback: () => void } | undefined
  const time = {
    turns: 0,
    timers: 0,
    clock: { now: () => now },
    waiting: {
      soon: (callback: () => void): void => {
        time.turns++
        next = { atMs: now + turnMs, callback }
      },
      later: (callback: () => void, ms: number): (() => void) => {
        time.timers++
        const mine = { atMs: now + ms + lateMs, callback }
        next = mine
        return () => {
          if (next === mine) next = undefined
        }
      },
    },
    runUntil: (ms: number): void => {
      while (next && next.atMs <= ms) {
        const { atMs, callback } = next
        next = undefined
        now = atMs
        callback()
      }
    },
  }
  return time
}

function every(ms: number, precise: boolean, ran: number[]): TimedTask {
  const task = { precise, dueMs: ms, run: (now: number): void => void (ran.push(now), (task.dueMs += ms)) }
  return task
}

const neverFails = (error: unknown): void => {
  throw error
}

test('a precise task runs within one turn of the loop after its time, although timers are late', () => {
  const time = virtualTime({ turnMs: 0.01, lateMs: 0.9 })
  const pump = new Pump({ ...time, failed: neverFails })
  const ran: number[] = []
  pump.add(every(10, true, ran))
  time.runUntil(1000)
  expect(ran.length).toBeGreaterThanOrEqual(99)
  for (const [i, at] of ran.entries()) {
    expect(at).toBeGreaterThanOrEqual((i + 1) * 10)
    expect(at - (i + 1) * 10).toBeLessThan(0.011)
  }
})

test('it sleeps until shortly before a precise time, and spins only there', () => {
  const time = virtualTime({ turnMs: 0.01 })
  const pump = new Pump({ ...time, failed: neverFails })
  pump.add(every(100, true, []))
  time.runUntil(99.99)
  expect(time.timers).toBe(1)
  // 100 − 1.5, floored to a whole millisecond: 2 ms of turns of 10 µs.
  expect(time.turns).toBeLessThanOrEqual(200)
})

test('a coarse task alone never spins', () => {
  const time = virtualTime()
  const pump = new Pump({ ...time, failed: neverFails })
  const ran: number[] = []
  pump.add(every(10, false, ran))
  time.runUntil(1000)
  expect(ran.length).toBeGreaterThanOrEqual(99)
  expect(time.turns).toBe(0)
})

test('a task that becomes due earlier is not slept past', () => {
  const time = virtualTime()
  const pump = new Pump({ ...time, failed: neverFails })
  const ran: number[] = []
  const task = { precise: true, dueMs: Infinity, run: (now: number): void => void (ran.push(now), (task.dueMs = Infinity)) }
  pump.add(every(500, false, []))
  pump.add(task)
  task.dueMs = 20
  pump.wake()
  time.runUntil(100)
  expect(ran).toHaveLength(1)
  expect(ran[0]).toBeCloseTo(20, 1)
})

test('a backlog is worked off in portions, so that sockets get their turn', () => {
  const time = virtualTime({ turnMs: 1 })
  const pump = new Pump({ ...time, failed: neverFails })
  let runs = 0
  let mostInOneTurn = 0
  let turn = -1
  let inTurn = 0
  const task = {
    precise: true,
    dueMs: 0,
    run: (): void => {
      runs++
      inTurn = time.turns === turn ? inTurn + 1 : 1
      turn = time.turns
      mostInOneTurn = Math.max(mostInOneTurn, inTurn)
      if (runs >= 1000) task.dueMs = Infinity
    },
  }
  pump.add(task)
  time.runUntil(100)
  expect(runs).toBe(1000)
  expect(mostInOneTurn).toBeLessThanOrEqual(64)
})

test('a backlog that never ends does not keep other tasks from their times', () => {
  const time = virtualTime({ turnMs: 1 })
  const pump = new Pump({ ...time, failed: neverFails })
  const seconds: number[] = []
  pump.add({ precise: true, dueMs: 0, run: () => undefined })
  pump.add(every(20, false, seconds))
  time.runUntil(100)
  expect(seconds.length).toBeGreaterThanOrEqual(4)
})

test('time in empty turns is counted as spun, time in full ones is not', () => {
  const time = virtualTime({ turnMs: 0.01 })
  const pump = new Pump({ ...time, emptyTurnMs: 0.02, failed: neverFails })
  pump.add(every(1, true, []))
  time.runUntil(100)
  expect(pump.spunMs).toBeGreaterThan(95)
  const slow = virtualTime({ turnMs: 0.5 })
  const busy = new Pump({ ...slow, emptyTurnMs: 0.02, failed: neverFails })
  busy.add(every(1, true, []))
  slow.runUntil(100)
  expect(busy.spunMs).toBe(0)
})

test('a failing task is reported and the others go on', () => {
  const time = virtualTime()
  const errors: unknown[] = []
  const pump = new Pump({ ...time, failed: (error) => errors.push(error) })
  const ran: number[] = []
  const broken = {
    precise: false,
    dueMs: 5,
    run: (): void => {
      broken.dueMs = Infinity
      throw new Error('broken')
    },
  }
  pump.add(broken)
  pump.add(every(10, false, ran))
  time.runUntil(100)
  expect(errors).toHaveLength(1)
  expect(ran.length).toBeGreaterThan(5)
})

test('a sparing pump sleeps through most of a gap that it would otherwise spin away', () => {
  const turns = (sparing: boolean): number => {
    const time = virtualTime({ turnMs: 0.01 })
    const pump = new Pump({ ...time, failed: neverFails })
    pump.sparing = sparing
    pump.add(every(3, true, []))
    time.runUntil(300)
    return time.turns
  }
  // A timer has whole milliseconds: 2 of 3 are slept instead of 1.
  expect(turns(true)).toBeLessThan(turns(false) * 0.6)
})
