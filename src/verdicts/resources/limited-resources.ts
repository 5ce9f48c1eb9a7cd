import type { RunData, TestData } from '../../analysis/index.ts'
import { formatBytes } from '../../base/bytes.ts'
import type { LimitsSpec } from '../../model/limits-spec.ts'
import type { LimitResult, ResourceVerdict } from '../../model/run-result.ts'
import type { Stretch } from './resource-course.ts'
import { levelsOf, systemErrorsOf } from './resource-course.ts'

/** A resource that a test takes from its target, with the time during which it was short of it. */
export interface TakenResource {
  readonly resource: ResourceVerdict['resource']
  /** `limit of 200 files`, `fault "cpu"`. */
  readonly by: string
  readonly reached: boolean | null
  /** Why `reached` is what it is. */
  readonly evidence: string
  /** Undefined: never short. */
  readonly hot: Stretch | undefined
  /** Readings of what the target holds of it: what must be given back. */
  readonly probe?: string
  /** For a person. */
  readonly format: (value: number) => string
  /** What we took ourselves is back; null where we took nothing. */
  readonly reverted: boolean | null
}

interface Kind {
  readonly resource: ResourceVerdict['resource']
  /** Its name among the limits that were set. */
  readonly laid: string
  readonly key: keyof LimitsSpec
  readonly probe?: string
  /** Of the limit, from which on a reading counts as at the limit. */
  readonly share: number
  /** Words of the operating system that prove it as well. */
  readonly errors: readonly string[]
  readonly name: (limit: number) => string
  readonly format: (value: number) => string
  readonly givesBack: boolean
}

const count = (value: number): string => String(Math.round(value))

/** Readings are a second apart and a process at its limit of files goes up and down by a few: nearly there is there. */
const kinds: readonly Kind[] = [
  {
    resource: 'files',
    key: 'files',
    laid: 'files',
    probe: 'target.files',
    share: 0.95,
    errors: ['EMFILE'],
    name: (n) => `limit of ${n} files`,
    format: (n) => `${count(n)} files`,
    givesBack: true,
  },
  {
    resource: 'memory',
    key: 'memoryBytes',
    laid: 'memory',
    probe: 'target.memory',
    share: 0.95,
    errors: ['ENOMEM'],
    name: (n) => `limit of ${formatBytes(n)} of memory`,
    format: formatBytes,
    givesBack: true,
  },
  {
    resource: 'cpu',
    key: 'cpus',
    laid: 'cpus',
    probe: 'target.cpu',
    share: 0.9,
    errors: [],
    name: (n) => `limit of ${n} ${n === 1 ? 'core' : 'cores'}`,
    format: (n) => `${n.toFixed(2)} cores`,
    givesBack: false,
  },
  {
    resource: 'disk',
    key: 'fileSizeBytes',
    laid: 'fileSize',
    share: 1,
    errors: ['EFBIG'],
    name: (n) => `limit of ${formatBytes(n)} a file`,
    format: formatBytes,
    givesBack: false,
  },
  {
    resource: 'processes',
    key: 'processes',
    laid: 'processes',
    probe: 'target.threads',
    share: 0.97,
    errors: ['EAGAIN'],
    name: (n) => `limit of ${n} processes and threads`,
    format: (n) => `${count(n)} threads`,
    givesBack: true,
  },
]

/** Whether any of them limits what a target holds, and gives back when the load is over: files and memory do, cores do not. */
export function isToBeGivenBack(limits: LimitsSpec): boolean {
  return kinds.some(({ key, givesBack }) => givesBack && limits[key] !== undefined)
}

/** What the target was given and what this machine could not set; undefined without limits. */
export function limitsOf(data: RunData, test: TestData): readonly LimitResult[] | undefined {
  if (test.spec.limits === undefined) return undefined
  const laid = data.events.findLast((event) => event.kind === 'limits-set' && event.test === test.name)
  return laid?.kind === 'limits-set' ? laid.limits : []
}

/** The limits that were really laid on the target in this test. */
export function limitedResources(data: RunData, test: TestData): readonly TakenResource[] {
  const { limits } = test.spec
  if (limits === undefined) return []
  const laid = limitsOf(data, test)
  return kinds.flatMap((kind) => {
    const limit = limits[kind.key]
    return limit === undefined || laid?.some(({ name, set }) => name === kind.laid && set) !== true
      ? []
      : [limitedResource(data, test, { ...kind, limit })]
  })
}

function limitedResource(data: RunData, test: TestData, kind: Kind & { readonly limit: number }): TakenResource {
  const { resource, limit, probe, share, errors, format } = kind
  const common = {
    resource,
    by: kind.name(limit),
    format,
    reverted: null,
    ...(probe === undefined || !kind.givesBack ? {} : { probe }),
  }
  // `target.cpu` is a share of all cores.
  const scale = resource === 'cpu' ? data.header.machine.cores : 1
  const levels = probe === undefined ? [] : levelsOf(data, test, probe).map(({ t, value }) => ({ t, value: value * scale }))
  const inLoad = levels.filter(({ t }) => t >= 0 && t <= test.loadSec)
  const full = inLoad.filter(({ value }) => value >= share * limit)
  const seen = systemErrorsOf(data, test)
  const said = errors.filter((name) => (seen[name] ?? 0) > 0)
  const highest = inLoad.length === 0 ? undefined : Math.max(...inLoad.map(({ value }) => value))
  const told = said.map((name) => `the target wrote ${name} ${seen[name] ?? 0} times`).join(', ')
  const top = highest === undefined ? '' : `its highest reading is ${format(highest)}`
  const evidence = [top, told].filter((part) => part !== '').join('; ')
  const [first] = full
  if (first !== undefined) {
    const hot = { fromSec: first.t, toSec: full.at(-1)?.t ?? first.t }
    return { ...common, reached: true, evidence, hot }
  }
  if (said.length > 0) return { ...common, reached: true, evidence, hot: failingStretch(test) }
  if (highest === undefined) return { ...common, reached: null, evidence: 'nothing that is watched shows it', hot: undefined }
  return { ...common, reached: false, evidence, hot: undefined }
}

/** Where no reading shows it, the seconds in which requests failed are those at the limit. */
function failingStretch(test: TestData): Stretch {
  const failing = test.rows().filter(({ failed, count: all }) => failed > 0.01 * all)
  const [first] = failing
  if (first === undefined) return { fromSec: 0, toSec: test.loadSec }
  return { fromSec: first.sec, toSec: (failing.at(-1)?.sec ?? first.sec) + 1 }
}
