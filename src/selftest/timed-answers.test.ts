import { describe, expect, it } from 'vitest'
import { TimedAnswers } from './timed-answers.ts'

function virtualAlarm() {
  const time = { nowNs: 0n, dueNs: 0n, ring: (): void => undefined }
  const answers = new TimedAnswers(
    (ring) => {
      time.ring = ring
      return { set: (dueNs) => (time.dueNs = dueNs), stop: () => Promise.resolve() }
    },
    () => time.nowNs,
  )
  return { time, answers }
}

describe('TimedAnswers', () => {
  it('gives answers in the order of their times, and those of one time in the order in which they came', () => {
    const { time, answers } = virtualAlarm()
    const given: string[] = []
    for (const [dueNs, name] of [
      [30n, 'c'],
      [10n, 'a'],
      [20n, 'b1'],
      [20n, 'b2'],
    ] as const) {
      answers.at(dueNs, () => given.push(name))
    }
    expect(time.dueNs).toBe(10n)
    time.nowNs = 25n
    time.ring()
    expect(given).toEqual(['a', 'b1', 'b2'])
    expect(time.dueNs).toBe(30n)
  })

  it('is never early', () => {
    const { time, answers } = virtualAlarm()
    let given = 0
    answers.at(10n, () => given++)
    time.nowNs = 9n
    time.ring()
    expect(given).toBe(0)
    expect(time.dueNs).toBe(10n)
  })

  it('answers at once what is due already', () => {
    const { time, answers } = virtualAlarm()
    let given = 0
    time.nowNs = 50n
    answers.at(40n, () => given++)
    expect(given).toBe(1)
  })
})
