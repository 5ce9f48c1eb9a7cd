import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { errorCodes } from '../../src/base/error-codes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

function textsBelow(
  folder: string,
  wanted: (name: string) => boolean,
): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(wanted)
    .map((name) => join(folder, name))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

const isTest = (name: string): boolean => name.endsWith('.test.ts')
/** Where codes stand in tables, without anything that triggers them. */
const tables = ['test/e2e/error-codes.test.ts', 'src/verdicts/verdict.test.ts', 'src/verdicts/judge-run.test.ts']

const tests = [...textsBelow('src', isTest), ...textsBelow('test', isTest)].filter(({ path }) => !tables.includes(path))
const sources = textsBelow('src', (name) => name.endsWith('.ts') && !isTest(name)).filter(
  ({ path }) => path !== 'src/base/error-codes.ts',
)

it.each(Object.keys(errorCodes))('%s can happen, and a test makes it happen', (code) => {
  // Thrown as 'CODE'; expected as 'CODE' or as "(CODE)", which is how it is printed.
  expect(sources.filter(({ text }) => text.includes(`'${code}'`)).map(({ path }) => path)).not.toEqual([])
  expect(
    tests.filter(({ text }) => text.includes(`'${code}'`) || text.includes(`(${code})`)).map(({ path }) => path),
  ).not.toEqual([])
})
