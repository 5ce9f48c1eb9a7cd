import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ToolError, messageOf } from '../../base/errors.ts'
import type { CommandInput } from '../command-input.ts'
import { readOptions } from '../option-values.ts'

/** Writes a first plan and a CI workflow; both run as they are. Nothing is overwritten unasked. */
export function init({ args, options }: CommandInput): Promise<number> {
  const read = readOptions(options)
  const url = checkedUrl(args[0] ?? 'http://127.0.0.1:8080/')
  const folder = read.text('dir') ?? '.'
  const files = [
    { path: join(folder, 'first.plan.ts'), text: firstPlan(url) },
    { path: join(folder, '.github', 'workflows', 'load-test.yml'), text: workflow() },
  ]
  const present = files.filter(({ path }) => existsSync(path)).map(({ path }) => `\`${path}\``)
  if (present.length > 0 && !read.flag('force'))
    throw new ToolError(
      'OUT_UNUSABLE',
      `Expected a place without these files, but ${present.join(' and ')} exist${present.length === 1 ? 's' : ''}.`,
      {
        hint: 'Give another folder with --dir DIR, or overwrite with --force.',
      },
    )
  for (const { path, text } of files) {
    try {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    } catch (error) {
      throw new ToolError('OUT_UNUSABLE', `\`${path}\` cannot be written: ${messageOf(error)}.`, { cause: error })
    }
    process.stdout.write(`wrote ${path}\n`)
  }
  process.stdout.write(`\nNow run it: npx proofload run ${join(folder, 'first.plan.ts')}\n`)
  return Promise.resolve(0)
}

function checkedUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text)
  throw new ToolError('OPTION_INVALID', `Expected a URL such as \`http://127.0.0.1:8080/\`, got \`${text}\`.`)
}

function firstPlan(url: URL): string {
  const path = `${url.pathname}${url.search}`
  return `import { plan, scenario } from 'proofload'

// One iteration of one user. Add what your users do: more requests, log-in in \`start\`, data from csv('…').
const visit = scenario(async ({ http, check, think }) => {
  const page = await http.get(${JSON.stringify(path)})
  check('the page is there', page.status === 200)
  await think('500ms', '2s')
})

export default plan({
  // To have proofload start and stop your service as well, add: start: 'node server.js', ready: '/health'
  target: { url: ${JSON.stringify(url.origin)} },
  scenarios: { visit },
  objectives: ['p95 < 200ms', 'errors < 1%', 'checks > 99%'],
  stopWhen: ['errors > 50% for 5s', 'host.memory > 90%'],
  tests: {
    'first look': { suite: 'load', users: 20, for: '30s', quick: { for: '10s' } },
    'more users': { suite: 'load', users: [{ to: 100, over: '30s' }, { hold: '2m' }], quick: { users: 40, for: '10s' } },
  },
})
`
}

function workflow(): string {
  return `name: load test
on:
  pull_request:
  workflow_dispatch:
permissions:
  contents: read
jobs:
  load:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 20 }
      - run: npm ci
      # Start your service here, or let the plan start it (target.start).
      - run: npx proofload run first.plan.ts --quick --out load-test
      - uses: actions/upload-artifact@v4
        if: always()
        with: { name: load-test, path: load-test }
`
}
