import { describe, expect, it } from 'vitest'
import { named } from '../kit/reference-plan.ts'
import { runShop, shopOptions as options, verdictsOf } from '../kit/run-shop.ts'

/** The suite `faults` of the shop, shortened, with a real PostgreSQL and the payment service through the real program. */
// What names them are counts and ids, not times: they may run side by side. The longest first, so that none is left to run alone.
describe.concurrent('the shop when something breaks that it is not built for', () => {
  const defects = [
    { defect: 'pool-leak', test: 'pool', fails: 'pool(db) = ok', names: 'pool-leak' },
    { defect: 'pool-leak', test: 'payments down', fails: 'recovery < 20s', names: 'pool-exhausted' },
    { defect: 'no-breaker', test: 'payments failing', fails: undefined, names: 'breaker-absent' },
    { defect: 'lost-on-restart', test: 'killed', fails: 'lost = 0', names: 'lost-write' },
    { defect: 'no-timeout', test: 'payments silent', fails: 'max(POST /orders) < 5s', names: 'timeout-absent' },
    { defect: 'retry-storm', test: 'payments failing', fails: undefined, names: 'retry-storm' },
    { defect: 'lost-update', test: 'sale', fails: 'counters = 0', names: 'lost-update' },
  ] as const

  for (const { defect, test: name, fails, names } of defects) {
    it(`with the defect ${defect}: “${name}” names it ${names}`, options, async () => {
      const { tests, output } = await runShop([name], defect)
      const [test] = tests
      if (test === undefined) throw new Error(output)
      expect(named(test), output).toContain(names)
      if (fails !== undefined) expect(verdictsOf(test)[fails], output).toBe('fail')
    })
  }
})
