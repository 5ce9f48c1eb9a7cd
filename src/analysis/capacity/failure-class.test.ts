import { expect, test } from 'vitest'
import { classifyRun, classifyWindow } from './failure-class.ts'
import type { WindowClass, WindowFigures } from './failure-class.ts'
import { judgeDegradation, judgeHysteresis } from './overload.ts'

const scale = { limitSec: 0.5, goodMax: 100 }
const healthy: WindowFigures = {
  ...{ offered: 100, good: 100, completed: 100, anyByte: true, latencySec: 0.1, rejected: 0, rejectP99Sec: null },
  ...{ applicationErrors: 0, timeouts: 0 },
}

test.each<[name: string, more: Partial<WindowFigures>, expected: WindowClass]>([
  ['healthy', {}, { class: 'F0' }],
  [
    'fast refusals with the goodput kept',
    { offered: 200, good: 95, completed: 200, rejected: 105, rejectP99Sec: 0.01 },
    { class: 'F1' },
  ],
  ['slow refusals', { offered: 200, good: 95, completed: 200, rejected: 105, rejectP99Sec: 0.4 }, { class: 'F4' }],
  ['late replies at full throughput', { offered: 120, good: 60, completed: 100, latencySec: 2 }, { class: 'F2' }],
  ['work that nobody waits for', { offered: 200, good: 5, completed: 100, latencySec: 2, timeouts: 195 }, { class: 'F3' }],
  ['errors of the application', { good: 60, completed: 100, applicationErrors: 40 }, { class: 'F4' }],
  [
    'refused connections',
    { good: 50, completed: 50, connectionFailures: { refused: 40, reset: 10 } },
    { class: 'F5', kind: 'refused' },
  ],
  [
    'all refused',
    { good: 0, completed: 0, anyByte: false, connectionFailures: { 'accept-close': 100 } },
    { class: 'F5', kind: 'accept-close' },
  ],
  ['not one byte', { good: 0, completed: 0, anyByte: false, latencySec: null, timeouts: 100 }, { class: 'F6' }],
  ['a killed process', { good: 0, completed: 0, crashed: 'oom' }, { class: 'F7', kind: 'oom' }],
  ['wrong data', { dataFault: true }, { class: 'F8' }],
  ['a leak', { drift: true }, { class: 'F9' }],
  ['a state that holds itself', { good: 0, metastable: true }, { class: 'F10' }],
  ['a tired generator', { good: 0, generatorLimited: true, crashed: 'exit' }, { class: 'FX' }],
])('tells %s', (_, more, expected) => {
  expect(classifyWindow({ ...healthy, ...more }, scale)).toEqual(expected)
})

const run = (...classes: readonly WindowClass['class'][]) => classifyRun(classes.map((name) => ({ class: name }))).class

test('a run has the worst class that lasts three windows', () => {
  expect(run('F0', 'F2', 'F2', 'F2', 'F4', 'F4', 'F0')).toBe('F2')
  expect(run('F2', 'F0', 'F2', 'F0', 'F2')).toBe('F0')
  expect(run('F2', 'F2', 'F2', 'F6', 'F6', 'F6')).toBe('F6')
  expect(run('F0', 'F0', 'F7', 'F0')).toBe('F7')
  expect(run('FX', 'FX', 'FX', 'F0')).toBe('FX')
  expect(run()).toBe('FX')
})

const overload = (goodput: number, more: { acceptedP99Sec?: number; failureClass?: WindowClass['class'] } = {}) =>
  [1.25, 1.5, 2, 3, 5].map((factor) => ({ factor, goodput, acceptedP99Sec: 0.6, failureClass: 'F1' as const, ...more }))
const kind = (points: Parameters<typeof judgeDegradation>[0]) => judgeDegradation(points, { capacity: 100, limitSec: 0.5 })

test('a perfect shedder scores 1 and a collapser near 0', () => {
  expect(kind(overload(100))).toMatchObject({ kind: 'graceful', score: 1 })
  expect(kind(overload(3))).toMatchObject({ kind: 'collapse', score: 0.03 })
  expect(kind(overload(70)).kind).toBe('degraded')
})

test('goodput alone is not graceful', () => {
  expect(kind(overload(100, { acceptedP99Sec: 1.2 })).kind).toBe('degraded')
  expect(kind(overload(100, { failureClass: 'F5' })).kind).toBe('degraded')
  expect(kind(overload(100, { failureClass: 'F7' })).reason).toMatch(/but it dies at 1\.25 times$/)
  expect(kind(overload(100, { failureClass: 'FX' }))).toMatchObject({ kind: 'unknown', score: null })
})

test('after overload the backlog may take twice its drain time, and the window that the measurement is wrong by', () => {
  const facts = { capacity: 100, backlog: 500, budgetSec: 60, watchedSec: 120 }
  expect(judgeHysteresis({ ...facts, recoveredSec: 41 })).toMatchObject({ kind: 'recovers', boundSec: 40 })
  expect(judgeHysteresis({ ...facts, recoveredSec: 42 }).kind).toBe('slow')
  expect(judgeHysteresis({ ...facts, recoveredSec: null }).kind).toBe('stuck')
  expect(judgeHysteresis({ ...facts, recoveredSec: null, watchedSec: 44 }).kind).toBe('unknown')
  expect(judgeHysteresis({ ...facts, backlog: null, recoveredSec: 50 })).toMatchObject({ kind: 'recovers', boundSec: 60 })
})

test('who was silent under a load and answers under a later one did not hang', () => {
  const silent: readonly WindowClass[] = ['F0', 'F6', 'F6', 'F6'].map((name) => ({ class: name as WindowClass['class'] })) // a list of literals
  expect(classifyRun(silent).class).toBe('F6')
  expect(classifyRun(silent, { answersLater: true }).class).toBe('F3')
})

test('a healthy window is one in which nothing bad ended, though some of its requests are answered in the next', () => {
  expect(classifyWindow({ ...healthy, offered: 110, good: 100 }, scale)).toEqual({ class: 'F0' })
  expect(classifyWindow({ ...healthy, offered: 110, good: 98, completed: 100, latencySec: 0.7 }, scale)).toEqual({ class: 'F2' })
})
