import { ToolError } from '../base/errors.ts'

export interface AdHocOptions {
  readonly url: string
  readonly users: string | undefined
  readonly arrivals: string | undefined
  readonly for: string | undefined
}

/** The source of a plan for `proofload run URL`: the same road as every other plan. */
export function adHocPlanSource({ url, users, arrivals, for: duration }: AdHocOptions): string {
  if (!URL.canParse(url))
    throw new ToolError('OPTION_INVALID', `Expected a URL such as \`http://127.0.0.1:8080/\`, got \`${url}\`.`)
  if (users !== undefined && arrivals !== undefined)
    throw new ToolError('OPTION_INVALID', 'Expected one of --users and --arrivals, got both.', {
      hint: '--users: each starts its next request when the last one is answered. --arrivals: requests come at this rate whether the target keeps up or not.',
    })
  if (users !== undefined && !/^[1-9]\d*$/.test(users))
    throw new ToolError('OPTION_INVALID', `Expected --users to be a positive whole number, got \`${users}\`.`)
  const { origin, pathname, search } = new URL(url)
  const load = arrivals === undefined ? `users: ${users ?? '10'}` : `arrivals: ${JSON.stringify(arrivals)}`
  return `import { plan, scenario } from 'proofload'
const get = scenario(async ({ http }) => { await http.get(${JSON.stringify(pathname + search)}) })
export default plan({
  name: ${JSON.stringify(new URL(url).host)},
  target: { url: ${JSON.stringify(origin)} },
  scenarios: { get },
  objectives: ['errors < 1%'],
  tests: { ${JSON.stringify(url)}: { ${load}, for: ${JSON.stringify(duration ?? '10s')} } },
})
`
}
