import { expect, test } from 'vitest'
import { alertRules, AlertStates, standardThresholds } from './alert-rules.ts'
import type { Second } from './server-figures.ts'

const quiet: Second = {
  atMs: 0,
  requestsPerSec: 100,
  failedPerSec: 0,
  messagesInPerSec: 100,
  messagesOutPerSec: 1_000,
  failedLogInsPerSec: 0.1,
  connections: 500,
  messagesWaiting: 10,
  loopDelayMs: 5,
  cpuShare: 0.4,
  memoryBytes: 1e8,
}

/** What changes in which second, of a course of seconds. */
function changesIn(course: readonly Partial<Second>[]): string[] {
  const states = new AlertStates(alertRules(standardThresholds))
  const seconds: Second[] = []
  return course.flatMap((second, index) => {
    seconds.push({ ...quiet, ...second })
    return states.evaluate(seconds).map(({ name, status }) => `${index + 1}s ${name} ${status}`)
  })
}

const seconds = (count: number, second: Partial<Second> = {}): Partial<Second>[] => Array.from({ length: count }, () => second)

const conditions: readonly (readonly [string, Partial<Second>])[] = [
  ['EventLoopDelayed', { loopDelayMs: 350 }],
  ['MessagesWaiting', { messagesWaiting: 5_000 }],
  ['ErrorsHigh', { failedPerSec: 20 }],
  ['LogInsFailing', { failedLogInsPerSec: 5 }],
  ['ConnectionsHigh', { connections: 9_000 }],
]

test.each(conditions)('%s is raised within 5 s of its condition and cleared within 10 s after it', (name, condition) => {
  const changes = changesIn([...seconds(20), ...seconds(20, condition), ...seconds(20)])
  expect(changes).toHaveLength(2)
  const [raised, cleared] = changes.map((change) => Number.parseInt(change, 10))
  expect(changes[0]).toContain(`${name} firing`)
  expect(changes[1]).toContain(`${name} resolved`)
  expect(raised).toBeGreaterThan(20)
  expect(raised).toBeLessThanOrEqual(25)
  expect(cleared).toBeGreaterThan(40)
  expect(cleared).toBeLessThanOrEqual(50)
})

test('on a healthy load there is no alert', () => {
  expect(changesIn(seconds(300))).toEqual([])
})

test('one bad second is no alert', () => {
  expect(changesIn([...seconds(10), { loopDelayMs: 5_000 }, ...seconds(10), { messagesWaiting: 9_000 }, ...seconds(10)])).toEqual(
    [],
  )
})

test('what dithers about its limit makes one alert', () => {
  const dithering = Array.from({ length: 60 }, (_, n) => ({ loopDelayMs: n % 4 < 2 ? 210 : 180 }))
  expect(changesIn([...dithering, ...seconds(10)])).toEqual(['2s EventLoopDelayed firing', '63s EventLoopDelayed resolved'])
})

test('one failure at night, among few requests, is no alert', () => {
  expect(changesIn(seconds(20, { requestsPerSec: 1, failedPerSec: 1 }))).toEqual([])
})

test('what is firing is known until it is cleared', () => {
  const states = new AlertStates(alertRules(standardThresholds))
  const late = { ...quiet, loopDelayMs: 400 }
  states.evaluate([late])
  expect(states.firing).toEqual([])
  states.evaluate([late, late])
  expect(states.firing).toEqual(['EventLoopDelayed'])
})
