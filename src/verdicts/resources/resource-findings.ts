import type { RunData, TestData } from '../../analysis/index.ts'
import type { Finding, ResourceVerdict } from '../../model/run-result.ts'
import type { FindingId } from '../finding-catalogue.ts'
import { finding } from '../finding-catalogue.ts'
import { systemErrorsOf } from './resource-course.ts'

type Resource = ResourceVerdict['resource']

const ids: Readonly<Record<Resource, FindingId>> = {
  files: 'files-exhausted',
  memory: 'memory-exhausted',
  cpu: 'cpu-not-borne',
  disk: 'disk-full',
  processes: 'processes-exhausted',
}

/** What a program is told when there is no more of it. */
const words: readonly (readonly [Resource, readonly string[]])[] = [
  ['files', ['EMFILE', 'ENFILE']],
  ['memory', ['ENOMEM']],
  ['disk', ['ENOSPC', 'EFBIG']],
]

export interface ResourceFindingInput {
  readonly data: RunData
  readonly test: TestData
  readonly resources: readonly ResourceVerdict[]
}

/** A target that does not bear the loss of a resource that a test takes (D13), or that ran out of one that nobody took. */
export function resourceFindings({ data, test, resources }: ResourceFindingInput): Finding[] {
  const failed = resources.filter(({ verdict }) => verdict === 'FAIL')
  const first = failed.filter((one, i) => failed.findIndex(({ resource }) => resource === one.resource) === i)
  const taken = first.map(({ resource, reason, collateral }) => {
    const also = collateral.length === 0 ? '' : ` With it failed ${collateral.join(', ')}.`
    return finding(ids[resource], `${reason}${also}`)
  })
  const seen = systemErrorsOf(data, test)
  const found = words
    .filter(([resource]) => !resources.some((judged) => judged.resource === resource))
    .flatMap(([resource, names]) => {
      const told = names.filter((name) => (seen[name] ?? 0) > 0).map((name) => `${name} ${seen[name] ?? 0} times`)
      return told.length === 0
        ? []
        : [finding(ids[resource], `The target wrote ${told.join(', ')} to its output during the test.`)]
    })
  return [...taken, ...found]
}
