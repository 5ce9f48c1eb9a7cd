import { expect, test } from 'vitest'
import { multiplex } from './multiplexer.ts'
import type { RunOutcome } from './reporter.ts'

const outcome = {} as RunOutcome // the reporters below do not look at it

test('a reporter that throws is named once and harms no other', async () => {
  const heard: string[] = []
  const failures: string[] = []
  const all = multiplex(
    {
      bad: {
        onDebug: () => {
          throw new Error('no')
        },
      },
      good: { onDebug: (text) => void heard.push(text), onResult: () => void heard.push('result') },
    },
    (name) => void failures.push(name),
  )
  all.onDebug('one')
  all.onDebug('two')
  await all.onResult(outcome)
  expect(heard).toEqual(['one', 'two', 'result'])
  expect(failures).toEqual(['bad'])
})

test('a reporter that failed on the way may still write its result, and a rejected result does not stop the next', async () => {
  const written: string[] = []
  const failures: string[] = []
  const all = multiplex(
    {
      first: {
        onDebug: () => {
          throw new Error('no')
        },
        onResult: async () => {
          written.push('first')
          await Promise.reject(new Error('disk full'))
        },
      },
      second: { onResult: () => void written.push('second') },
    },
    (name, error) => void failures.push(`${name} ${String(error)}`),
  )
  all.onDebug('x')
  await all.onResult(outcome)
  expect(written).toEqual(['first', 'second'])
  expect(failures).toEqual(['first Error: no', 'first Error: disk full'])
})
