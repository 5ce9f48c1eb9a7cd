import type { Path, Problems } from '../../base/check.ts'
import { isRecord, listWords, nearest } from '../../base/check.ts'
import type { FaultAction, FaultSpec } from '../../model/fault-spec.ts'
import { Fields } from '../fields.ts'
import { without } from '../test-form.ts'
import { readPlace } from './check-place.ts'
import type { PlanPlaces } from './plan-places.ts'
import { faultReaders } from './registry.ts'
import { reachKeys, resolveReach } from './resolve-reach.ts'

const entryExample = "a fault such as `{ at: '20s', for: '10s', fault: fault.cpu({ cores: 2 }) }`"
const faultExample = "a fault such as `fault.down('db')` or `fault.cpu({ cores: 2 })`"

export interface FaultContext {
  readonly problems: Problems
  /** Folder that relative paths start from. */
  readonly dir: string
  /** Length of the load that the faults lie in. */
  readonly durationSec: number
  readonly places: PlanPlaces
}

/** `faults` of a test; undefined when absent. What is wrong is reported. */
export function resolveFaults(path: Path, value: unknown, context: FaultContext): readonly FaultSpec[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.length === 0) {
    context.problems.add(path, `a list with ${entryExample}`, value)
    return undefined
  }
  return numbered(value.flatMap((entry: unknown, i) => resolveEntry([...path, i], entry, context) ?? []))
}

/** The second `down(db)` is `down(db) 2`. */
export function numbered<T extends { readonly id: string }>(faults: readonly T[]): readonly T[] {
  const seen = new Map<string, number>()
  return faults.map((fault) => {
    const count = (seen.get(fault.id) ?? 0) + 1
    seen.set(fault.id, count)
    return count === 1 ? fault : { ...fault, id: `${fault.id} ${count}` }
  })
}

function resolveEntry(path: Path, entry: unknown, context: FaultContext): FaultSpec | undefined {
  const { problems, durationSec } = context
  if (!isRecord(entry)) {
    problems.add(path, entryExample, entry)
    return undefined
  }
  const fields = new Fields(problems, path, entry, ['at', 'for', 'fault', ...reachKeys])
  const atMs = fields.durationMs('at', 'zero')
  const forMs = fields.durationMs('for')
  if (!fields.has('at')) fields.wrong('at', "when it begins, from the start of the load, such as '20s'")
  const fault = resolveFault(fields, context)
  if (!fields.has('for') && fault?.isMomentary !== true) fields.wrong('for', "how long it stays, such as '10s'")
  if (atMs === undefined || fault === undefined) return undefined
  const endSec = (atMs + (forMs ?? 0)) / 1000
  if (endSec > durationSec) problems.addText(path, `an end within the load, which lasts ${durationSec} s`, `${endSec} s`)
  return { ...fault.what, atSec: atMs / 1000, forSec: (forMs ?? 0) / 1000 }
}

interface WhatFault {
  readonly what: Omit<FaultSpec, 'atSec' | 'forSec'>
  /** It may go without `for`. */
  readonly isMomentary: boolean
}

/** The key `fault` of an entry, with what says whom it meets. */
export function resolveFault(
  fields: Fields,
  { problems, dir, places }: Pick<FaultContext, 'problems' | 'dir' | 'places'>,
): WhatFault | undefined {
  const given = fields.raw('fault')
  const name = isRecord(given) && given['kind'] === 'fault' ? given['fault'] : undefined
  const reader = typeof name === 'string' && Object.hasOwn(faultReaders, name) ? faultReaders[name] : undefined
  if (!isRecord(given) || typeof name !== 'string' || reader === undefined) {
    const near = typeof name === 'string' ? nearest(name, Object.keys(faultReaders)) : undefined
    if (typeof name === 'string')
      problems.addText(
        fields.at('fault'),
        `one of ${listWords(Object.keys(faultReaders))}`,
        `\`${name}\``,
        near === undefined ? undefined : `Did you mean \`fault.${near}\`?`,
      )
    else fields.wrong('fault', faultExample)
    return undefined
  }
  const hasPlace = reader.on !== 'nothing' && reader.on !== 'preload'
  const figures = new Fields(problems, fields.at('fault'), without(without(given, 'kind'), 'fault'), [
    ...(hasPlace ? ['on'] : []),
    ...reader.keys,
  ])
  const ref = readPlace(figures, reader.on, places)
  const on = String(ref ?? '')
  const action: FaultAction | undefined = reader.read(figures, { on, ref: ref ?? '', dir })
  const isHttp = places.byName.get(on)?.protocol === 'http'
  const scope = resolveReach(fields, { requirement: reader.on, isHttp })
  if (ref === undefined || action === undefined) return undefined
  return {
    what: {
      id: hasPlace ? `${name}(${on})` : name,
      fault: action,
      ...(scope === undefined ? {} : { scope }),
    },
    isMomentary: reader.isMomentary === true,
  }
}
