/** What would test what was not tested: a key of the plan, for a person to copy. */
const keys = {
  capacity: "`capacity: { from: '10/s', to: '10000/s', within: '5%' }` in a test",
  peak: "`peak: '300/s'` beside `capacity`",
  overload: '`overload: [1.25, 1.5, 2, 3, 5]` beside `capacity`',
  objectives: "`objectives: ['p95 < 100ms', 'errors < 1%']` in a test with a load",
  soak: "a longer test, for example `suite: 'soak'` with `for: '20m'`",
  pressure: '`limits` or `faults` in a test',
} as const

export type TestingKey = keyof typeof keys

export function testingKey(key: TestingKey): string {
  return keys[key]
}

export function notTested(key: TestingKey): string {
  return `Not tested: ${keys[key]} would.`
}
