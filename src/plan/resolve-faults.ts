import { tmpdir } from 'node:os'
import { isAbsolute, resolve } from 'node:path'
import type { Path, Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import { readShare, shareExamples } from '../base/share.ts'
import type { FaultAction, FaultSpec } from '../model/fault-spec.ts'
import type { PhaseSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'
import { without } from './test-form.ts'

const entryExample = "a fault such as `{ at: '20s', for: '10s', fault: fault.cpu({ cores: 2 }) }`"

/** Names of `fault.…` that this version does; each reads its own figures. */
const readers: Readonly<Record<string, (fields: Fields, dir: string) => FaultAction | undefined>> = {
  cpu: (fields) => ({
    kind: 'cpu-pressure',
    cores: fields.count('cores', 1) ?? 1,
    share: readPart(fields) ?? 1,
  }),
  memory: (fields) => {
    const bytes = fields.bytes('bytes')
    if (!fields.has('bytes')) fields.wrong('bytes', "how much to take, such as '500MB'")
    const rampSec = (fields.durationMs('over', 'zero') ?? 0) / 1000
    return bytes === undefined ? undefined : { kind: 'memory-pressure', bytes, rampSec }
  },
  files: (fields) => {
    const files = fields.count('count', 1)
    if (!fields.has('count')) fields.wrong('count', 'how many files to hold open, such as 5000')
    return files === undefined ? undefined : { kind: 'file-pressure', files }
  },
  disk: (fields, dir) => {
    const bytes = fields.bytes('fill')
    const leaveFreeBytes = fields.bytes('leave')
    if (fields.has('fill') === fields.has('leave'))
      fields.problems.addText(fields.path, "one of `fill: '200MB'` and `leave: '1GB'`", fields.has('fill') ? 'both' : 'none')
    return {
      kind: 'disk-fill',
      dir: folderOf(fields, dir),
      ...(bytes === undefined ? {} : { bytes }),
      ...(leaveFreeBytes === undefined ? {} : { leaveFreeBytes }),
    }
  },
  fsync: (fields, dir) => {
    const perSec = fields.count('perSec', 1)
    return { kind: 'fsync-storm', dir: folderOf(fields, dir), ...(perSec === undefined ? {} : { perSec }) }
  },
}

const keysOf: Readonly<Record<string, readonly string[]>> = {
  cpu: ['cores', 'share'],
  memory: ['bytes', 'over'],
  files: ['count'],
  disk: ['fill', 'leave', 'dir'],
  fsync: ['perSec', 'dir'],
}

/** The first fault of a list that this version cannot inject: `down`, … */
export function faultNotYet(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined
  return value
    .map((entry: unknown) => (isRecord(entry) && isRecord(entry['fault']) ? entry['fault']['fault'] : undefined))
    .find((name): name is string => typeof name === 'string' && readers[name] === undefined)
}

export interface FaultContext {
  readonly problems: Problems
  /** Folder that relative paths start from. */
  readonly dir: string
  /** Length of the load that the faults lie in. */
  readonly durationSec: number
}

/** `faults` of a test; undefined when absent. What is wrong is reported. */
export function resolveFaults(path: Path, value: unknown, context: FaultContext): readonly FaultSpec[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.length === 0) {
    context.problems.add(path, `a list with ${entryExample}`, value)
    return undefined
  }
  const faults = value.flatMap((entry: unknown, i) => resolveEntry([...path, i], entry, context) ?? [])
  const seen = new Map<string, number>()
  return faults.map(({ name, ...fault }) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return { id: count === 1 ? name : `${name} ${count}`, ...fault }
  })
}

function resolveEntry(
  path: Path,
  entry: unknown,
  { problems, dir, durationSec }: FaultContext,
): (Omit<FaultSpec, 'id'> & { readonly name: string }) | undefined {
  if (!isRecord(entry)) {
    problems.add(path, entryExample, entry)
    return undefined
  }
  const fields = new Fields(problems, path, entry, ['at', 'for', 'fault'])
  const atMs = fields.durationMs('at', 'zero')
  const forMs = fields.durationMs('for')
  if (!fields.has('at')) fields.wrong('at', "when it begins, from the start of the load, such as '20s'")
  if (!fields.has('for')) fields.wrong('for', "how long it stays, such as '10s'")
  const given = fields.raw('fault')
  const name = isRecord(given) && given['kind'] === 'fault' ? given['fault'] : undefined
  const read = typeof name === 'string' ? readers[name] : undefined
  if (!isRecord(given) || typeof name !== 'string' || read === undefined) {
    fields.wrong('fault', 'a fault such as `fault.cpu({ cores: 2 })`')
    return undefined
  }
  const figures = without(without(given, 'kind'), 'fault')
  const action = read(new Fields(problems, [...path, 'fault'], figures, keysOf[name] ?? []), dir)
  if (atMs === undefined || forMs === undefined || action === undefined) return undefined
  if ((atMs + forMs) / 1000 > durationSec)
    problems.addText(path, `an end within the load, which lasts ${durationSec} s`, `${(atMs + forMs) / 1000} s`)
  return { name, atSec: atMs / 1000, forSec: forMs / 1000, fault: action }
}

function readPart(fields: Fields): number | undefined {
  const value = fields.raw('share')
  if (value === undefined) return undefined
  const share = readShare(value)
  if (share !== undefined && share > 0) return share
  fields.wrong('share', `${shareExamples} of each core, more than none`)
  return undefined
}

function folderOf(fields: Fields, dir: string): string {
  const folder = fields.string('dir', 'a folder')
  if (folder === undefined) return tmpdir()
  return isAbsolute(folder) ? folder : resolve(dir, folder)
}

/** A test with faults is seen in parts: `before` the first, each by its id, and `after` the last. Named stages keep their phases beside them. */
export function withFaultPhases(
  phases: readonly PhaseSpec[],
  faults: readonly FaultSpec[] | undefined,
  { warmupSec, durationSec }: { readonly warmupSec: number; readonly durationSec: number },
): readonly PhaseSpec[] {
  if (faults === undefined || faults.length === 0) return phases
  const first = Math.min(...faults.map(({ atSec }) => atSec))
  const last = Math.max(...faults.map(({ atSec, forSec }) => atSec + forSec))
  return [
    ...phases.filter(({ name }) => name !== 'load'),
    { name: 'before', fromSec: warmupSec, toSec: first },
    ...faults.map(({ id, atSec, forSec }) => ({ name: id, fromSec: atSec, toSec: atSec + forSec })),
    { name: 'after', fromSec: last, toSec: durationSec },
  ].filter(({ fromSec, toSec }) => toSec > fromSec)
}
