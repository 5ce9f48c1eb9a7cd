import type { LeakOptions, ProbePoint, Range, RunData, TestData } from '../analysis/index.ts'
import type { FindingId } from './finding-catalogue.ts'
import { runsInProcess } from './in-process.ts'

/** What may leak, and how much of its growth is no leak. */
export interface WatchedResource {
  readonly probe: string
  readonly finding: LeakFindingId
  /** For a sentence: `Resident memory`. */
  readonly title: string
  readonly unit: 'bytes' | 'count'
  readonly lows: NonNullable<LeakOptions['lows']>
  readonly floorPerRequest: number
  /** Growth that may come without a leak, given what the resource was at first, and whether a heap was seen that does not leak. */
  readonly leastGrowth: (first: number, isHeapSound: boolean) => number
  /** It may be held by a pool, which grows to the number of requests that were ever in flight at once. */
  readonly isPooled: boolean
  /** What it counts against: the probe whose value is limited, and the limit. */
  readonly limit: { readonly of: string; readonly value: number } | undefined
  /** Readings of what is no probe. */
  readonly read?: (test: TestData, range: Range) => readonly ProbePoint[]
}

export type LeakFindingId = Extract<FindingId, `${string}-leak`>

/** stress.md D12: less than 32 bytes a request is not worth the word. */
const leastBytes = 32
/** Ours: a service of 100 requests a second loses 864 a day, and most processes may hold 1,024 descriptors. */
const leastCount = 1 / 10_000
/** Ours: pools, workers and keep-alive connections come by the ten. */
const leastCounts = 10
/** Ours: what promotion and fragmentation leave in the old part of a heap, now more, now less. */
const heapSwing = 1e6
/**
 * Ours. V8 takes up to three times its semi-space of 16 MB (`--max-semi-space-size`) for the young, bit by bit, and gives none of it back; other collectors
 * take more. Where a sound heap is seen, growth must surely be outside of it.
 */
const residentSwing = { unseen: 32e6, sound: 64e6 } as const
const residentShare = 0.25

/** Everything in this record that D12 can be asked about, the most telling first. */
export function watchedResources(data: RunData, test: TestData): readonly WatchedResource[] {
  const has = (name: string): boolean => test.probe(name).length > 0
  const heaps = data.probeNames.filter(isKeptHeap)
  const byHeap = heaps.length > 0 ? heaps : data.probeNames.filter((name) => /(^|\.)nodejs_heap_size_used_bytes$/.test(name))
  const externals = data.probeNames.filter((name) => /(^|\.)nodejs_external_memory_bytes$/.test(name))
  const last = (name: string): number | undefined => test.probe(name).at(-1)?.value
  const memoryBytes = last('target.memory.limit') ?? data.header.machine.memoryBytes
  const memoryLimit = { of: 'target.memory', value: memoryBytes }
  const heapBytes = last('target.heap.limit')
  const files = last('target.files.limit')
  const fileLimited = files === undefined ? undefined : { of: 'target.files', value: files }
  const heap = (probe: string): WatchedResource => ({
    probe,
    finding: 'memory-leak',
    title: titleOfHeap(probe),
    unit: 'bytes',
    lows: 'collections',
    floorPerRequest: leastBytes,
    leastGrowth: () => heapSwing,
    isPooled: false,
    limit: heapBytes === undefined ? memoryLimit : { of: probe, value: heapBytes },
  })
  const counted = (probe: string, title: string, finding: LeakFindingId, limit: WatchedResource['limit']): WatchedResource => ({
    probe,
    finding,
    title,
    unit: 'count',
    lows: 'minima',
    floorPerRequest: leastCount,
    leastGrowth: () => leastCounts,
    isPooled: finding !== 'file-leak',
    limit,
  })
  const resident: WatchedResource = {
    ...heap('target.memory'),
    title: 'Resident memory of the target',
    lows: 'minima',
    limit: memoryLimit,
    leastGrowth: (first, isHeapSound) =>
      Math.max(isHeapSound ? residentSwing.sound : residentSwing.unseen, residentShare * first),
  }
  if (runsInProcess({ data, test })) {
    const own: WatchedResource = { ...heap('generator.heap'), title: 'Node’s heap', read: ownHeap }
    // Buffers are in no heap.
    const held: WatchedResource = { ...resident, probe: 'generator.memory', title: 'Resident memory of this process' }
    return has('generator.memory') ? [own, { ...held, limit: { of: 'generator.memory', value: memoryBytes } }] : [own]
  }
  return [
    ...[...byHeap, ...externals].map(heap),
    resident,
    ...databases(data).map(({ probe, limit, name }) => counted(probe, `Connections of ${name}`, 'connection-leak', limit)),
    counted('target.sockets.own', 'Sockets that no client holds open', 'socket-leak', fileLimited),
    counted('target.files.plain', 'Open files of the target', 'file-leak', fileLimited),
    counted('target.threads', 'Threads of the target', 'thread-leak', undefined),
  ].filter(({ probe }) => has(probe))
}

/** In process the functions under test live in the workers' heaps. */
function ownHeap(test: TestData, range: Range): readonly ProbePoint[] {
  const bySecond = new Map<number, number>()
  for (const { sec, window } of test.generators(range)) bySecond.set(sec, (bySecond.get(sec) ?? 0) + window.heapBytes)
  return [...bySecond].map(([sec, value]) => ({ t: sec + 1, value }))
}

/** Spaces of V8's heap in which things stay, as prom-client's page has them. What is young is all garbage in a moment. */
function isKeptHeap(name: string): boolean {
  return /(^|\.)nodejs_heap_space_size_used_bytes\{.*space="(old|large_object)"/.test(name)
}

function titleOfHeap(probe: string): string {
  if (probe.includes('external')) return 'Memory that Node holds outside of its heap (buffers)'
  if (probe.includes('large_object')) return 'Large objects in Node’s heap'
  return probe.includes('space=') ? 'Old objects in Node’s heap' : 'Node’s heap'
}

function databases(data: RunData): readonly { probe: string; name: string; limit: WatchedResource['limit'] }[] {
  return data.header.plan.probes.flatMap((probe) => {
    if (probe.kind !== 'postgres') return []
    const connections = `${probe.service}.connections.total`
    const most = data.probe(`${probe.service}.connections.limit`).at(-1)?.value
    return [{ probe: connections, name: probe.service, limit: most === undefined ? undefined : { of: connections, value: most } }]
  })
}
