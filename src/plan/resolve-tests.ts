import type { Path } from '../base/check.ts'
import { Problems, isRecord, listWords } from '../base/check.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'
import { overlayTest } from './overlaid-plan.ts'
import type { Overlay } from './overlay.ts'
import { loadKeys } from './resolve-load.ts'
import { defaultSuite, resolveTest, testKeys } from './resolve-test.ts'
import type { Form } from './test-form.ts'
import { formOf, without } from './test-form.ts'
import type { TestScope } from './test-scope.ts'

interface TestOverrides {
  readonly quick: boolean
  readonly overlays: readonly Overlay[]
  /** The tests as the plan has them. */
  readonly written: unknown
  /** Lists that the command line gives for all tests. */
  readonly replacing: readonly ('objectives' | 'stopWhen')[]
}

/** A test that asks for something that another target does not allow. */
export interface UnavailableTest {
  readonly name: string
  readonly suite: string
  readonly reason: string
}

/** The tests of a plan with what lies over them; both forms of a test that has `quick` are checked. */
export function resolveTests(
  scope: TestScope,
  fields: Fields,
  { quick, overlays, written, replacing }: TestOverrides,
): { readonly tests: readonly TestSpec[]; readonly unavailable: readonly UnavailableTest[] } {
  const given = fields.raw('tests')
  const tests: TestSpec[] = []
  const unavailable: UnavailableTest[] = []
  if (!isRecord(given) || Object.keys(given).length === 0) {
    fields.wrong('tests', "at least one test such as `{ 'normal load': { users: 100, for: '3m' } }`")
    return { tests, unavailable }
  }
  for (const [name, test] of Object.entries(given)) {
    const path: Path = ['tests', name]
    if (!isRecord(test)) {
      scope.problems.add(path, "a test such as `{ users: 100, for: '3m' }`", test)
      continue
    }
    if (isUnknownOverlay(scope, fields, name, test, overlays)) continue
    // Keys are checked where they are written, before `quick` is applied.
    new Fields(scope.problems, path, test, testKeys)
    if (test['quick'] !== undefined)
      new Fields(
        scope.problems,
        [...path, 'quick'],
        test['quick'],
        testKeys.filter((key) => key !== 'quick'),
      )
    // The other form is checked too, so that a mistake shows before the day on which it is run: without the command line, unless that changes `quick`.
    const touched = overlays.some(
      ({ values }) => isRecord(values['tests']) && isRecord(values['tests'][name]) && 'quick' in values['tests'][name],
    )
    const original = !touched && isRecord(written) && isRecord(written[name]) ? written[name] : test
    const other = formOf(original, path, !quick)
    const unfit = new Problems()
    const mine = scope.isElsewhere ? { ...scope, places: { ...scope.places, unfit } } : scope
    resolveTest(mine, name, other.value, other.origins)
    const form = withCommandLine(formOf(test, path, quick), { overlays, path, name, replacing })
    const chosen = resolveTest(mine, name, form.value, form.origins)
    const [missing] = unfit.list
    if (missing !== undefined)
      unavailable.push({ name, suite: suiteOf(form.value), reason: `expected ${missing.expected}, got ${missing.got}` })
    else tests.push(...chosen)
  }
  for (const name of namesTwice(tests))
    scope.problems.addText(['tests'], 'names that differ', `'${name}' twice: once as a variant`)
  return { tests, unavailable }
}

/** The variant of a test may be called like another test. */
function namesTwice(tests: readonly TestSpec[]): readonly string[] {
  const names = tests.map(({ name }) => name)
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))]
}

function suiteOf(test: Readonly<Record<string, unknown>>): string {
  return typeof test['suite'] === 'string' ? test['suite'] : defaultSuite('watch' in test ? 'watch' : undefined)
}

/** What the user said on the command line for this run wins over `quick`. */
function withCommandLine(
  form: Form,
  { overlays, path, name, replacing }: Omit<TestOverrides, 'quick' | 'written'> & { readonly path: Path; readonly name: string },
): Form {
  let merged: unknown = form.value
  const origins = new Map(form.origins)
  for (const { values } of overlays) {
    const over = isRecord(values['tests']) ? values['tests'][name] : undefined
    if (!isRecord(over)) continue
    merged = overlayTest(merged, without(over, 'quick'))
    for (const key of Object.keys(over)) origins.set(key, [...path, key])
    if (isRecord(over['capacity']))
      for (const key of Object.keys(over['capacity'])) origins.set(`capacity.${key}`, [...path, 'capacity', key])
  }
  const value = isRecord(merged) ? merged : form.value
  return { value: replacing.reduce<Readonly<Record<string, unknown>>>(without, value), origins }
}

/** An overlay for a test that the plan does not have is a typing mistake, unless it says a whole test. */
function isUnknownOverlay(
  scope: TestScope,
  fields: Fields,
  name: string,
  test: Readonly<Record<string, unknown>>,
  overlays: readonly Overlay[],
): boolean {
  const fromOverlay = overlays.some(({ values }) => isRecord(values['tests']) && values['tests'][name] === test)
  if (!fromOverlay || loadKeys.some((key) => test[key] !== undefined)) return false
  const all = fields.raw('tests')
  const others = isRecord(all) ? Object.keys(all).filter((other) => other !== name) : []
  scope.problems.addKey(['tests', name], `a test of the plan: ${listWords(others)}`, others)
  return true
}
