import type { TestBench } from './test-bench.ts'

export interface SimplePlan {
  /** How the target behaves; `false`: no target is started. */
  readonly behaviour?: string | false
  readonly args?: readonly (string | number)[]
  /** More keys of `target`, as text. */
  readonly target?: string
  /** Body of the scenario. */
  readonly body?: string
  /** Text before the plan. */
  readonly before?: string
  /** More keys of the plan, as text. */
  readonly more?: string
  /** Keys of the test, as text. */
  readonly test?: string
}

/** Writes a plan with one scenario `get` and one test `steady` against a small target, and gives its path. */
export function simplePlan(bench: TestBench, options: SimplePlan = {}): string {
  const { behaviour = 'ok', args = [], target = '', before = '', more = '' } = options
  const { body = "await http.get('/')\n  await think('20ms')", test = "users: 2, for: '1s'" } = options
  const where =
    behaviour === false
      ? ''
      : `target: { url: 'http://127.0.0.1:${bench.port}', start: '${bench.start(behaviour, ...args)}', ${target} },`
  return bench.plan(`${before}
const get = scenario(async ({ http, vu, check, think, pace, step, metric: metrics, signal }) => {
  ${body}
})
export default plan({
  ${where}
  scenarios: { get },
  ${more}
  tests: { steady: { ${test} } },
})`)
}
