import type { Path } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { VariantSpec } from '../model/variant-spec.ts'
import { Fields } from './fields.ts'
import type { TestScope } from './test-scope.ts'

export const variantKeys = ['variants', 'repeat'] as const

/** More would not end in a night. */
const most = 20

/** The variants of a test, in the order of their rounds; undefined where it has none. Whatever is wrong is noted. */
export function variantsOf(scope: TestScope, test: string, fields: Fields): readonly VariantSpec[] | undefined {
  if (!fields.has('variants')) {
    if (fields.has('repeat')) fields.wrong('repeat', 'no `repeat` without `variants`, which it belongs to')
    return undefined
  }
  const given = fields.raw('variants')
  const names = isRecord(given) ? Object.keys(given) : []
  if (!isRecord(given) || names.length < 2 || names.length > most) {
    fields.wrong('variants', `two to ${most} variants such as \`{ 'as it is': {}, 'pool of 20': { env: { POOL: 20 } } }\``)
    return undefined
  }
  if (!scope.target.isStarted)
    (scope.places.unfit ?? scope.problems).addText(
      fields.at('variants'),
      'a target that proofload starts: a variant is another environment of it',
      'one that it does not start',
    )
  const rounds = fields.count('repeat', 1) ?? (names.length === 2 ? 3 : 2)
  if (rounds > most) fields.wrong('repeat', `at most ${most} rounds`)
  const variants = names.map((name) => ({ name, env: environmentOf(scope, [...fields.at('variants'), name], given[name]) }))
  return Array.from({ length: Math.min(rounds, most) }, (_, i) => i + 1).flatMap((round) =>
    // Every other round goes backwards (A B B A): a machine that gets slower all the time meets all of them alike.
    (round % 2 === 1 ? variants : variants.toReversed()).map((variant) => ({ of: test, round, rounds, ...variant })),
  )
}

function environmentOf({ problems }: TestScope, path: Path, value: unknown): VariantSpec['env'] {
  const given = new Fields(problems, path, value ?? {}, ['env']).raw('env')
  if (given === undefined) return {}
  if (!isRecord(given)) {
    problems.add([...path, 'env'], "an object such as `{ POOL: '20' }`", given)
    return {}
  }
  const env: Record<string, string> = {}
  for (const [name, one] of Object.entries(given)) {
    if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') env[name] = String(one)
    else problems.add([...path, 'env', name], 'a text, a number, `true` or `false`', one)
  }
  return env
}

/** The test under one variant: `capacity · pool of 20`, and from the second round on `capacity · pool of 20 · round 2`. */
export function asVariant(test: TestSpec, variant: VariantSpec): TestSpec {
  const round = variant.round === 1 ? '' : ` · round ${variant.round}`
  return { ...test, name: `${test.name} · ${variant.name}${round}`, fresh: true, variant }
}
