import { expect, test } from 'vitest'
import { flagOf, readOptions } from './option-values.ts'

test('an option is named as it is typed', () => {
  expect(['seed', 'stopWhen', 'dryRun', 'iOwn'].map(flagOf)).toEqual(['--seed', '--stop-when', '--dry-run', '--i-own'])
})

test('a number out of its bounds, or that is none, is refused with what came', () => {
  for (const text of ['65', '0', '2.5', '1e1', 'many'])
    expect(() => readOptions({ workers: text }).whole('workers', 1, 64)).toThrow(
      `Expected --workers to be a whole number from 1 to 64, got \`${text}\`.`,
    )
  expect(readOptions({ workers: '64' }).whole('workers', 1, 64)).toBe(64)
  expect(readOptions({}).whole('workers', 1, 64)).toBeUndefined()
})

test('an empty list and a flag that is off were not given', () => {
  const read = readOptions({ suite: [], quick: false, seed: '0' })
  expect(['suite', 'quick', 'seed', 'out'].filter((name) => read.has(name))).toEqual(['seed'])
})
