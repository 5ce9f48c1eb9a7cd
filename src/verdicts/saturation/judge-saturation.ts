import type { ResourceUse } from '../../model/capacity-result.ts'
import type { RunData } from '../../analysis/index.ts'
import { digits } from '../format-value.ts'
import { resources } from './registry.ts'
import type { LoadView, Reading, Resource } from './resource.ts'
import { asPercent } from './resource.ts'

export interface Saturation {
  /** Id of the resource that was the first to be full; null when none that was watched was. */
  readonly limitedBy: string | null
  readonly saturation: readonly ResourceUse[]
  /** Why it is this one, or why it is unknown, and what was not watched. */
  readonly reason: string
}

/** Everything that was tried at one load. */
interface Level {
  readonly load: number
  readonly bears: boolean
  readonly views: readonly LoadView[]
}

interface Seen {
  readonly resource: Resource
  readonly use: readonly { readonly load: number; readonly reading: Reading | null }[]
  readonly missing: string | null
  readonly fullAt: number | null
  /** It was full at half of a load that was borne, so it is not what limits. */
  readonly fullAnyway: boolean
}

/** A resource saturates together with another when the loads at which they do are this near to each other: no search tells them apart. */
const sameLoad = 1.1

/**
 * What limits a target: the resource that is full at the smallest load that it does not bear, and was not full at loads far below. Of several, those that
 * do the work come before those that are only held meanwhile, the one that was full at the smaller load before the others, and at about the same load the
 * cause before what it fills (registry.ts).
 */
export function judgeSaturation(data: RunData, loads: readonly LoadView[]): Saturation {
  const levels = levelsOf(loads)
  const edge = levels.find(({ bears }) => !bears)?.load
  const seen = resources.map((resource) => look(resource, data, levels))
  const candidates = edge === undefined ? [] : seen.filter((each) => isFullAt(each, edge))
  const ofKind = (kind: Resource['kind']): Seen | undefined =>
    firstOf(candidates.filter(({ resource }) => resource.kind === kind))
  const limit = ofKind('works') ?? ofKind('holds') ?? ofKind('around')
  const unit = loads[0]?.view.spec.loads[0]?.load.model === 'closed' ? ' users' : '/s'
  return {
    limitedBy: limit?.resource.id ?? null,
    saturation: seen.map((each) => resourceUse(each, { levels, edge, unit })),
    reason: reasonOf({ limit, edge, seen, unit }),
  }
}

/** Loads in ascending order. Where one was tried twice, the longer trial says whether it is borne. */
function levelsOf(loads: readonly LoadView[]): Level[] {
  const byLoad = new Map<number, LoadView[]>()
  for (const each of loads) byLoad.set(each.load, [...(byLoad.get(each.load) ?? []), each])
  return [...byLoad]
    .map(([load, views]) => {
      const byLength = [...views].sort((a, b) => b.view.loadSec - a.view.loadSec)
      return { load, bears: byLength[0]?.bears ?? false, views: byLength }
    })
    .sort((a, b) => a.load - b.load)
}

function look(resource: Resource, data: RunData, levels: readonly Level[]): Seen {
  let missing: string | null = null
  const use = levels.map(({ load, views }) => {
    const readings: { reading: Reading; sec: number }[] = []
    for (const { view } of views) {
      const found = resource.read({ data, view })
      if ('missing' in found) missing ??= found.missing
      else readings.push({ reading: found, sec: Math.max(1, view.loadSec) })
    }
    const [longest] = readings
    if (longest === undefined) return { load, reading: null }
    const seconds = readings.reduce((sum, { sec }) => sum + sec, 0)
    const share = readings.reduce((sum, { reading, sec }) => sum + reading.share * sec, 0) / seconds
    return { load, reading: { share, shown: longest.reading.shown } }
  })
  const fullAt = firstFull(use, resource.threshold, levels.find(({ bears }) => !bears)?.load)
  const borne = levels.filter(({ bears }) => bears).at(-1)?.load ?? 0
  const isSeen = use.some(({ reading }) => reading !== null)
  return { resource, use, missing: isSeen ? null : missing, fullAt, fullAnyway: fullAt !== null && fullAt <= borne / 2 }
}

/** Smallest load from which on it is full, up to the smallest load that is not borne, or without one to the greatest; else the first beyond it. */
function firstFull(use: Seen['use'], threshold: number, edge = Infinity): number | null {
  const isFull = ({ reading }: Seen['use'][number]): boolean => (reading?.share ?? 0) >= threshold
  let from: number | null = null
  for (const each of use.filter(({ load }) => load <= edge).reverse()) {
    if (each.reading === null) continue
    if (!isFull(each)) break
    from = each.load
  }
  return from ?? use.find((each) => each.load > edge && isFull(each))?.load ?? null
}

/** A trial that is ended early may not show it: then a load just beyond does. */
function isFullAt({ fullAt, fullAnyway }: Seen, edge: number): boolean {
  return fullAt !== null && fullAt <= edge * sameLoad && !fullAnyway
}

function firstOf(candidates: readonly Seen[]): Seen | undefined {
  const first = Math.min(...candidates.map(({ fullAt }) => fullAt ?? Infinity))
  return candidates.find(({ fullAt }) => fullAt !== null && fullAt <= first * sameLoad)
}

interface Place {
  readonly levels: readonly Level[]
  readonly edge: number | undefined
  readonly unit: string
}

function resourceUse(seen: Seen, place: Place): ResourceUse {
  const { resource, use, fullAt } = seen
  return {
    resource: resource.id,
    title: resource.title,
    threshold: resource.threshold,
    use: use.map(({ load, reading }) => ({ offered: load, share: reading?.share ?? null })),
    saturatedAt: fullAt,
    evidence: evidenceOf(seen, place),
    advice: resource.advice,
  }
}

/** Figures at the smallest load, the greatest that was borne, the smallest that was not, and the greatest. */
function evidenceOf(seen: Seen, { levels, edge, unit }: Place): string {
  const { resource, use, missing, fullAt, fullAnyway } = seen
  if (missing !== null) return `Not watched: ${missing}.`
  const borne = levels.filter(({ bears, load }) => bears && load < (edge ?? Infinity)).at(-1)?.load
  const told = new Set([levels[0]?.load, borne, edge, fullAt, levels.at(-1)?.load])
  const figures = use.flatMap(({ load, reading }) =>
    reading === null || !told.has(load) ? [] : [`${reading.shown} at ${digits(load)}${unit}`],
  )
  const from = `Full from ${asPercent(resource.threshold)}`
  const verdict =
    fullAt === null
      ? `${from}: never.`
      : fullAnyway
        ? `${from}: at ${digits(fullAt)}${unit} already, and twice that load was borne, so it is not what limits.`
        : `${from}: at ${digits(fullAt)}${unit}.`
  return `${figures.join('; ')}. ${verdict}`
}

interface Known {
  readonly limit: Seen | undefined
  readonly edge: number | undefined
  readonly seen: readonly Seen[]
  readonly unit: string
}

function reasonOf({ limit, edge, seen, unit }: Known): string {
  const missing = [...new Set(seen.flatMap(({ missing: what }) => what ?? []))]
  const unwatched = missing.length === 0 ? '' : ` Not watched: ${missing.join('; ')}.`
  if (edge === undefined) return `Nothing limited it: every load that was tried was borne.${unwatched}`
  if (limit === undefined)
    return `Unknown: nothing that was watched was full at ${digits(edge)}${unit}, which was not borne.${unwatched}`
  const at = limit.use.find(({ load }) => load === edge)?.reading ?? limit.use.find(({ load }) => load === limit.fullAt)?.reading
  return `${limit.resource.title}: ${at?.shown ?? 'full'} at ${digits(edge)}${unit}, which was not borne.`
}
