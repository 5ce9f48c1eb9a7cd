import { describe, expect, it } from 'vitest'
import { selectTests } from './select-tests.ts'

const tests = [
  { name: 'smoke', suite: 'load' },
  { name: 'peak', suite: 'load' },
  { name: 'staircase', suite: 'stress' },
]
const names = (selected: readonly { name: string }[]): string[] => selected.map((test) => test.name)

describe('selectTests', () => {
  it('takes every test when nothing is selected', () => {
    expect(names(selectTests(tests, [], []))).toEqual(['smoke', 'peak', 'staircase'])
  })

  it('keeps the order of the plan for suites and names', () => {
    expect(names(selectTests(tests, ['stress', 'load'], []))).toEqual(['smoke', 'peak', 'staircase'])
    expect(names(selectTests(tests, [], ['peak', 'smoke']))).toEqual(['smoke', 'peak'])
    expect(names(selectTests(tests, ['all'], []))).toHaveLength(3)
  })

  it('takes all variants of a test by its name, or one of them with all of its rounds', () => {
    const variant = (name: string, round: string) => ({
      name: `peak · ${name}${round}`,
      suite: 'load',
      variant: { of: 'peak', name },
    })
    const some = [variant('a', ''), variant('b', ''), variant('b', ' · round 2')]
    expect(selectTests(some, [], ['peak'])).toHaveLength(3)
    expect(selectTests(some, [], ['peak · b'])).toHaveLength(2)
    expect(selectTests(some, [], ['peak · b · round 2'])).toHaveLength(1)
  })

  it('says which names exist when one does not', () => {
    expect(() => selectTests(tests, ['laod'], [])).toThrow(/--suite to be one of `load`, `stress`, `all`, got `laod`/)
    expect(() => selectTests(tests, [], ['pek'])).toThrow(/`smoke`, `peak`, `staircase`, got `pek`/)
  })

  it('says so when both together select nothing', () => {
    expect(() => selectTests(tests, ['stress'], ['peak'])).toThrow(/No test is in both/)
  })
})
