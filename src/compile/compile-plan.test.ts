import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { ToolError } from '../base/errors.ts'
import { loadPlanModule, planDoor } from '../plan/index.ts'
import * as publicDoor from '../public/index.ts'
import { compilePlan } from './index.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

const tiny = "import { plan } from 'proofload'\nexport default plan({ tests: { look: { watch: true, for: '1s' } } })\n"

function folder(files: Readonly<Record<string, string>>): string {
  const dir = temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

async function load(files: Readonly<Record<string, string>>) {
  const dir = folder(files)
  const { bundle } = await compilePlan(join(dir, 'a.plan.ts'), { outFile: join(dir, 'out/plan.mjs') })
  return loadPlanModule(bundle, dir)
}

async function failure(promise: Promise<unknown>): Promise<ToolError> {
  try {
    await promise
  } catch (error) {
    return error as ToolError // what is tested
  }
  throw new Error('expected a failure')
}

test('a plan may import files, CommonJS and ESM packages, and knows its own place in each', async () => {
  const { definition } = await load({
    'a.plan.ts':
      "import { plan } from 'proofload'\nimport old from 'old'\nimport { here } from './lib/b.ts'\nexport default plan({ tests: {}, name: JSON.stringify([old.join('a', 'b'), old.dir, here, import.meta.filename, __dirname]) })",
    'lib/b.ts': 'export const here: string = import.meta.url',
    'node_modules/old/package.json': '{"main":"index.js"}',
    'node_modules/old/index.js':
      "'use strict'\nexports.join = require('node:path').join; exports.dir = __dirname; exports.strict = (function () { return this === undefined })()",
  })
  const [joined, oldDir, here, file, planDir] = JSON.parse(String(definition.options['name'])) as string[]
  expect(joined).toBe('a/b')
  expect(oldDir).toMatch(/^\/.*\/node_modules\/old$/)
  expect(here).toMatch(/^file:\/\/\/.*\/lib\/b\.ts$/)
  expect(file).toBe(join(planDir ?? '', 'a.plan.ts'))
})

test('the fingerprint depends on the code, not on folders or where the bundle goes', async () => {
  const files = { 'a.plan.ts': `import './b.ts'\n${tiny}`, 'b.ts': 'export const x = import.meta.url\nconsole.debug' }
  const [one, two] = [folder(files), folder(files)]
  const first = await compilePlan(join(one, 'a.plan.ts'), { outFile: join(one, 'x.mjs') })
  const second = await compilePlan(join(two, 'a.plan.ts'), { outFile: join(two, 'deep/er/y.mjs') })
  expect(second.fingerprint).toBe(first.fingerprint)
  expect(readFileSync(first.bundle, 'utf8')).toContain('sourceMappingURL=data:')
  writeFileSync(join(two, 'b.ts'), 'export const x = 2')
  const third = await compilePlan(join(two, 'a.plan.ts'), { outFile: join(two, 'z.mjs') })
  expect(third.fingerprint).not.toBe(first.fingerprint)
})

test('every syntax error is shown with its place and line', async () => {
  const error = await failure(load({ 'a.plan.ts': "import { plan } from 'proofload'\nexport default plan({ tests: }\n" }))
  expect(error.code).toBe('PLAN_DOES_NOT_COMPILE')
  expect(error.message).toMatch(/a\.plan\.ts:2:\d+: Unexpected "}"/)
  expect(error.message).toContain('export default plan({ tests: }\n')
})

test('a name that proofload does not export, or a package that is not there, does not compile', async () => {
  const misspelt = await failure(load({ 'a.plan.ts': "import { plam } from 'proofload'\nexport default plam()" }))
  expect(misspelt.code).toBe('PLAN_DOES_NOT_COMPILE')
  expect(misspelt.message).toMatch(/a\.plan\.ts:1:10: No matching export in .* for import "plam"/)
  const absent = await failure(load({ 'a.plan.ts': "import x from 'not-there'\nexport default x" }))
  expect(absent.message).toContain('Could not resolve "not-there"')
})

test('a missing plan is answered with the plans that are near', async () => {
  const dir = folder({ 'shop.plan.ts': tiny, 'more/chat.plan.ts': tiny })
  const error = await failure(compilePlan(join(dir, 'shpo.plan.ts'), { outFile: join(dir, 'x.mjs') }))
  expect(error.code).toBe('PLAN_NOT_FOUND')
  expect(error.hint).toMatch(/Did you mean .*shop\.plan\.ts\?/)
  const isFolder = await failure(compilePlan(dir, { outFile: join(dir, 'x.mjs') }))
  expect(isFolder.hint).toContain('chat.plan.ts')
})

test.each([
  ['nothing', '', 'no exports at all'],
  ['something else', 'export default { tests: {} }', 'without the call around it'],
  ['a plan by name only', tiny.replace('default', 'const shop ='), 'the plan as `shop`'],
])('a file that exports %s is no plan', async (_, text, expected) => {
  const error = await failure(load({ 'a.plan.ts': text }))
  expect(error.code).toBe('PLAN_INVALID')
  expect(`${error.message} ${error.hint ?? ''}`).toContain(expected)
})

test('a plan that throws while it is loaded is reported with its own line', async () => {
  const error = await failure(load({ 'a.plan.ts': `${tiny}\ninterface Padding { a: 1 }\nthrow new TypeError('no luck')` }))
  expect(error.code).toBe('PLAN_THROWS')
  expect(error.message).toMatch(/a\.plan\.ts:5:7: .*TypeError: no luck/)
})

test('feeds, metrics and secrets are declared in order', async () => {
  process.env['PROOFLOAD_TEST_TOKEN'] = 'very-secret'
  const { declarations } = await load({
    'a.plan.ts': `import { csv, env, json, metric } from 'proofload'\nconst a = csv('a.csv', { pick: 'random' }), b = json('b.json')\nmetric.trend('render', { unit: 'ms' })\nenv('PROOFLOAD_TEST_TOKEN'); env('PROOFLOAD_TEST_OPEN', { secret: false, default: 'open' })\n${tiny.replace('{ plan }', '{ plan }')}`,
  })
  expect(declarations.feeds.map(({ id, format, pick }) => [id, format, pick])).toEqual([
    [0, 'csv', 'random'],
    [1, 'json', 'unique'],
  ])
  expect(declarations.metrics).toEqual([{ name: 'render', kind: 'trend', unit: 'ms' }])
  expect(declarations.secrets).toEqual(['very-secret'])
})

test('what a plan can import at run time is what the public door exports', () => {
  expect(Object.keys(publicDoor).sort()).toEqual(Object.keys(planDoor).sort())
})
