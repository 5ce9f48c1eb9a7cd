import { expect, test } from 'vitest'
import { longestSearch } from './search-cost.ts'

const options = { from: 50, to: 20_000, within: 0.05, minTrialSec: 10, maxTrialSec: 120, quantile: 0.95 }

test('the longest search is longer than bracketing alone, and far shorter than a staircase of the same resolution', () => {
  const { trials, loadSec } = longestSearch(options)
  const doublings = Math.ceil(Math.log2(400))
  expect(trials).toBeGreaterThan(doublings + 3)
  // Steps of 5 % from 50 to 20,000, each as long as the longest trial.
  const staircase = (120 * Math.log(400)) / -Math.log(0.95)
  expect(loadSec).toBeGreaterThan(10 * doublings + 2 * 120)
  expect(loadSec).toBeLessThan(staircase / 3)
})

test('a quick search, a wider answer and shorter trials each cost less', () => {
  const full = longestSearch(options).loadSec
  for (const less of [{ quick: true }, { within: 0.2 }, { maxTrialSec: 30 }])
    expect(longestSearch({ ...options, ...less }).loadSec).toBeLessThan(full)
})

test('a search for users ends on whole numbers', () => {
  const { trials } = longestSearch({ ...options, from: 1, to: 8, within: 0.001, whole: true })
  expect(trials).toBeLessThan(20)
})
