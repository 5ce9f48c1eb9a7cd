import { expect, test } from 'vitest'
import { sections } from '../../scripts/truth/simulated.ts'
import { broken, table } from '../../scripts/truth/table.ts'

// The long form, 20 seeds and real processes, is `npm run truth -- --real`; its table is docs/truth.md.
const long = new Set(['Capacity search', 'Capacity search with trials of at most two minutes, as plans have them by default'])

test.each(sections.filter(({ title }) => !long.has(title)))(
  '$title: nothing is worse than promised',
  { timeout: 120_000 },
  ({ rows }) => {
    const found = rows([501, 502, 503])
    expect(broken(found), table(found)).toEqual([])
  },
)

test('a detector that is wrong more often than promised is named', () => {
  const row = { detector: 'd', system: 's', expected: 'yes', isBroken: true, seeds: [1, 2, 3], promise: 0.05 }
  expect(broken([{ ...row, wrong: {} }])).toEqual([])
  expect(broken([{ ...row, wrong: { no: 2 } }])).toHaveLength(1)
})
