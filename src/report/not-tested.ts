import type { CapacityResult } from '../model/capacity-result.ts'

/** What would test what was not tested: a key of the plan, for a person to copy. */
const keys = {
  capacity: "`capacity: { from: '10/s', to: '10000/s', within: '5%' }` in a test",
  peak: "`peak: '300/s'` beside `capacity`",
  overload: '`overload: [1.25, 1.5, 2, 3, 5]` beside `capacity`',
  /** Overload is a multiple of the capacity: a search that found only one end has none to multiply. */
  ends: '`overload` beside `capacity`, once the search finds both ends,',
  objectives: "`objectives: ['p95 < 100ms', 'errors < 1%']` in a test with a load",
  soak: "a longer test, for example `suite: 'soak'` with `for: '20m'`",
  pressure: '`limits` or `faults` in a test',
  faults: "`faults: [{ at: '20s', for: '10s', fault: fault.down('db') }]` in a test",
  breaker: "`objectives: ['breaker(payments) = ok']` in a test",
  pool: "`objectives: ['pool(db) = ok']` in a test",
  limiter: "`limiters` in the plan and `objectives: ['limiter(login) = enforced']` in a test",
  audit: '`audit` in a scenario',
} as const

export type TestingKey = keyof typeof keys

/** Overload is measured only against a capacity that was found. */
export function overloadKey(searched: readonly { readonly capacity: CapacityResult }[]): TestingKey {
  return searched.some(({ capacity: { lower, upper } }) => lower === null || upper === null) ? 'ends' : 'overload'
}

export function testingKey(key: TestingKey): string {
  return keys[key]
}

export function notTested(key: TestingKey): string {
  return `Not tested: ${keys[key]} would.`
}
