import { expect, it } from 'vitest'
import type { CapacitySpec } from '../../model/capacity-spec.ts'
import type { LoadAssignment } from '../../model/load-spec.ts'
import { isSearchFor } from './judge-recovery.ts'

const search = (mix: Readonly<Record<string, number>>, unit: CapacitySpec['unit'] = 'perSec') => ({
  capacity: {
    ...{ unit, mix, from: 10, to: 100, within: 0.1, process: 'poisson' as const, maxUsers: 100, minTrialSec: 2, maxTrialSec: 9 },
    ...{ quick: false, settleLimitSec: 3, overload: [], overloadSec: 5 },
  },
})
const load = (mix: Readonly<Record<string, number>>): LoadAssignment => ({
  load: { model: 'open', process: 'uniform', stages: [{ from: 40, to: 40, durationSec: 60 }], maxUsers: 100 },
  mix,
})

it('a search tells the capacity of a test whose users do the same, whatever the weights add up to', () => {
  expect(isSearchFor(search({ look: 3, buy: 1 }), { loads: [load({ buy: 25, look: 75 })] })).toBe(true)
})

it.each([
  ['another mix', search({ buy: 1 }), [load({ buy: 25, look: 75 })]],
  ['a search in users', search({ buy: 1 }, 'users'), [load({ buy: 1 })]],
  ['several loads side by side', search({ buy: 1 }), [load({ buy: 1 }), load({ look: 1 })]],
  ['no search at all', {}, [load({ buy: 1 })]],
] as const)('but not of %s', (_, searched, loads) => {
  expect(isSearchFor(searched, { loads })).toBe(false)
})
