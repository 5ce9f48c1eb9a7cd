import type { LeakResult } from '../model/run-result.ts'
import type { LeakVerdict, ProbePoint, Range, ResourceReading, RunData, TestData } from '../analysis/index.ts'
import { detectLeak, judgeAfterLoad, mannKendall, theilSen } from '../analysis/index.ts'
import { constantStretch } from './constant-stretch.ts'
import { watchedResources } from './leak-resources.ts'
import type { WatchedResource } from './leak-resources.ts'
import { quantileOf } from './probe-value.ts'

/** A verdict with what a finding says about it. */
export interface JudgedLeak {
  readonly watched: WatchedResource
  readonly verdict: LeakVerdict
  readonly result: LeakResult
}

/** D12 for everything that was watched; undefined where there is nothing to judge: no load, no probe, or a search, whose loads differ. */
export function judgeLeaks(data: RunData, test: TestData): readonly JudgedLeak[] | undefined {
  // A trial of a search looks like a test of its own, and is too short to tell.
  const { kind } = data.test(test.name)?.spec ?? test.spec
  if (kind === 'capacity' || kind === 'watch') return undefined
  const watched = watchedResources(data, test)
  if (watched.length === 0) return undefined
  // A trace has no constant load, but goes on for long; a load that climbs takes memory and sockets with it.
  const steady = test.spec.kind === 'trace' ? test.judged : constantStretch(test)
  const range = steady && longestLife(data, test, steady)
  const judged: JudgedLeak[] = []
  for (const resource of watched) {
    const heaps = judged.filter((one) => one.watched.lows === 'collections')
    const isHeapSound = heaps[0]?.verdict.kind === 'none' && heaps.every(({ verdict }) => verdict.kind !== 'leak')
    judged.push(judgeOne(resource, { data, test, range, isHeapSound }))
  }
  return judged
}

/** What a process kept is gone with it: the longest part of a stretch in which the target was not started again. */
function longestLife(data: RunData, test: TestData, stretch: Range): Range {
  const start = test.loadStartSec ?? test.startSec
  const restarts = data.events.flatMap((event): Range[] =>
    event.kind === 'target-ready'
      ? [{ from: Math.floor(event.t - event.startupSec - start), to: Math.ceil(event.t - start) }]
      : [],
  )
  let best: Range = { from: stretch.from, to: stretch.from }
  let from = stretch.from
  for (const gap of [...restarts, { from: stretch.to, to: stretch.to }]) {
    const to = Math.min(gap.from, stretch.to)
    if (to - from > best.to - best.from) best = { from, to }
    from = Math.max(from, gap.to)
  }
  return best
}

interface Place {
  readonly data: RunData
  readonly test: TestData
  readonly range: Range | undefined
  readonly isHeapSound: boolean
}

function judgeOne(watched: WatchedResource, { data, test, range, isHeapSound }: Place): JudgedLeak {
  const limit = watched.limit?.value ?? null
  if (range === undefined) {
    const verdict: LeakVerdict = {
      kind: 'unknown',
      reason: 'The load never stays the same for ten seconds, and resources follow the load',
      ...nothing,
    }
    return { watched, verdict, result: resultOf(watched, verdict, limit) }
  }
  const readings = readingsOf(test, watched, range)
  const room = roomOf(watched, test, range)
  const found = detectLeak(readings, {
    floorPerRequest: watched.floorPerRequest,
    leastGrowth: watched.leastGrowth(readings[0]?.value ?? 0, isHeapSound),
    lows: watched.lows,
    ...(room === undefined ? {} : { limit: room }),
  })
  const excuse = found.kind === 'leak' ? excuseOf({ found, watched, readings, range, data, test, isHeapSound }) : undefined
  const verdict = excuse === undefined ? found : { ...found, ...excuse, secondsToLimit: null }
  return { watched, verdict, result: resultOf(watched, verdict, limit) }
}

const nothing = { perRequest: null, interval: null, z: null, windows: 0, secondsToLimit: null, line: null }

function resultOf({ probe, unit }: WatchedResource, verdict: LeakVerdict, limit: number | null): LeakResult {
  const { kind, reason, perRequest, interval, secondsToLimit, line } = verdict
  return { resource: probe, verdict: kind, reason, unit, perRequest, interval, secondsToLimit, limit, line }
}

/** Each reading with the requests (in process: iterations) that had ended since the begin of the stretch. */
function readingsOf(test: TestData, { probe, read }: WatchedResource, range: Range): readonly ResourceReading[] {
  const kind = test.total('request').count > 0 ? 'request' : 'scenario'
  const ended: number[] = []
  let sum = 0
  for (const { sec, count } of test.rows({ kind, range })) {
    sum += count
    ended[sec] = sum
  }
  const until = (t: number): number => {
    const sec = Math.floor(t)
    const before = ended[sec - 1] ?? 0
    return before + (t - sec) * ((ended[sec] ?? before) - before)
  }
  const points: readonly ProbePoint[] = read?.(test, range) ?? test.probe(probe, range)
  return points.map(({ t, value }) => ({ tSec: t, value, requests: until(t) }))
}

/** The limit, less what else counts against it: a heap shares the memory, a socket the descriptors. */
function roomOf({ limit, probe }: WatchedResource, test: TestData, range: Range): number | undefined {
  if (limit === undefined) return undefined
  const last = (name: string): number => test.probe(name, range).at(-1)?.value ?? 0
  return limit.value - Math.max(0, last(limit.of) - last(probe))
}

interface Growing extends Place {
  readonly found: LeakVerdict
  readonly watched: WatchedResource
  readonly readings: readonly ResourceReading[]
  readonly range: Range
}

type Excuse = Pick<LeakVerdict, 'kind' | 'reason'>

/** What waits at the target holds sockets and memory as long as it waits: growth that goes with it, or is given back after the load, is no leak. */
function excuseOf(growing: Growing): Excuse | undefined {
  const { unit, isPooled } = growing.watched
  if (unit === 'bytes') return pileUp(growing) ?? givenBack(growing)
  return growthWithUsers(growing) ?? (isPooled ? poolThatFills(growing) : undefined) ?? givenBack(growing)
}

/** Ours: requests in flight that surely grow, to twice as many and ten more. */
function pileUp({ test, range }: Growing): Excuse | undefined {
  const inFlight = test.rows({ range }).map((row) => row.inFlight)
  const half = inFlight.length >> 1
  const [early, late] = [quantileOf(inFlight.slice(0, half), 0.5) ?? 0, quantileOf(inFlight.slice(half), 0.5) ?? 0]
  if (mannKendall(inFlight).z <= 2.576 || late < 2 * early || late < early + 10) return undefined
  return {
    kind: 'unknown',
    reason: 'Requests pile up at the target meanwhile, and what they hold is no leak: a load that it bears would tell',
  }
}

function growthWithUsers({ found, test, range, readings }: Growing): Excuse | undefined {
  const requests = new Map(readings.map((reading) => [Math.floor(reading.tSec), reading.requests]))
  const users = test.rows({ range }).flatMap((row) => {
    const t = requests.get(row.sec)
    return t === undefined ? [] : [{ t, value: Math.max(row.users, row.inFlight) }]
  })
  const grows = theilSen(users)?.perUnit ?? 0
  return grows >= 0.5 * (found.perRequest ?? 0) ? { kind: 'none', reason: 'It grows with the users that are there' } : undefined
}

/** A pool opens one more whenever more requests than ever are in flight, which chance sees to now and then. */
function poolThatFills({ found, test, range }: Growing): Excuse | undefined {
  const growth = (found.line?.to ?? 0) - (found.line?.from ?? 0)
  const peaks = new Map<number, number>()
  // A burst before the judged time has filled the pool already.
  const judged = { from: Math.floor(found.line?.fromSec ?? range.from), to: range.to }
  for (const { sec, window } of test.generators(judged)) peaks.set(sec, (peaks.get(sec) ?? 0) + window.inFlightMax)
  const peak = [...peaks.values()].reduce((a, b) => Math.max(a, b), 0)
  if (growth > peak) return undefined
  return { kind: 'unknown', reason: 'It grew by no more than were in flight at once, as a pool does that fills up' }
}

/** Idle time that a verdict needs: a collector comes by after a while (V8's memory reducer waits eight seconds), a socket is closed at once. */
const idleSec = { bytes: 20, count: 5 } as const

/** What the record has of the time between the load and the next one. */
function givenBack({ watched, readings, data, test }: Growing): Excuse | undefined {
  const start = test.loadStartSec ?? 0
  const end = start + test.loadSec
  const next = data.tests.find((other) => other.startSec > start)?.startSec
  const after = data.probe(watched.probe, end, next)
  if ((after.at(-1)?.t ?? end) - end < idleSec[watched.unit]) return undefined
  const third = readings.slice(0, Math.ceil(readings.length / 3)).map(({ value }) => value)
  const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity)
  const state = judgeAfterLoad({ baseline: least(third), floor: least(after.map(({ value }) => value)) })
  return state === 'released' ? { kind: 'none', reason: 'It was given back after the load' } : undefined
}
