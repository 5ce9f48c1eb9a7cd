import { describe, expect, it } from 'vitest'
import { named } from '../kit/reference-plan.ts'
import { runShop, shopOptions as options, verdictsOf } from '../kit/run-shop.ts'

/** The suite `faults` of the shop, shortened, with a real PostgreSQL and the payment service through the real program. */
async function expectSound(names: readonly string[]): Promise<void> {
  const { tests, output } = await runShop(names)
  expect(tests.map(({ name }) => name).sort()).toEqual(names.toSorted())
  for (const test of tests) {
    const failed = Object.entries(verdictsOf(test)).filter(([, verdict]) => verdict !== 'pass')
    expect(failed, `${test.name}\n${output}`).toEqual([])
    for (const fault of test.faults ?? []) expect(fault).toMatchObject({ verified: true, reverted: true })
    for (const id of [
      'breaker-absent',
      'timeout-absent',
      'retry-storm',
      'lost-update',
      'lost-write',
      'no-recovery',
      'pool-exhausted',
    ])
      expect(named(test)).not.toContain(id)
  }
}

describe('the shop when something breaks', () => {
  it('as it should be: it recovers, nothing is lost, and those who only look notice nothing', options, async () => {
    await expectSound(['killed'])
  })
})

// What is judged are counts and ids, not times: they may run side by side.
describe.concurrent('the shop when something breaks that it is built for', () => {
  it('as it should be its breaker spares payments that fail', options, () => expectSound(['payments failing']))

  it('as it should be it waits for nobody who is silent', options, () => expectSound(['payments silent']))

  it('as it should be it refuses an upload that has no room, and that is no defect', options, async () => {
    const { tests, output } = await runShop(['no room for files'])
    expect(
      tests.map((test) => [named(test), verdictsOf(test)]),
      output,
    ).toEqual([[expect.not.arrayContaining(['server-errors']), { 'errors < 1%': 'pass', 'checks > 99.9%': 'pass' }]])
  })

  it('as it should be no piece is sold twice in the sale', options, () => expectSound(['sale']))
})
