import { expect, test } from 'vitest'
import { peak, resolve, right } from '../../test/kit/resolved-plan.ts'
import { describePlan } from './describe-plan.ts'

/** Seconds that a search is said to take at worst. */
function worst(gracefulStop: string): { readonly sec: number; readonly trials: number; readonly text: string } {
  const target = { url: 'http://127.0.0.1:9/' }
  const capacity = { from: 10, to: 20, within: '50%', minTrial: '2s', maxTrial: '2s', settle: '1s' }
  const { spec } = resolve({ ...right, ...peak({ capacity, gracefulStop, objectives: ['p95 < 1s'] }), target })
  const loaded = { spec, bundle: '', secrets: [], definition: { kind: 'plan', options: {} } } as unknown as Parameters<
    typeof describePlan
  >[0] // only its spec is described
  const text = describePlan(loaded, { workers: 1, seed: 1 })
  const [, sec = '', trials = ''] = /at worst about (\d+) s: (\d+) trials/.exec(text) ?? []
  return { sec: Number(sec), trials: Number(trials), text }
}

test('what a search costs at worst counts what the iterations of each trial may take to end', () => {
  const none = worst('0s')
  const some = worst('2s')
  expect(none.trials).toBeGreaterThan(2)
  expect(some.sec - none.sec).toBe(2 * none.trials)
  expect(some.text).toContain('after each up to 2 s for its iterations to end and 1 s of settling')
})
