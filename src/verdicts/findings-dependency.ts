import type { Finding } from '../model/run-result.ts'
import type { LinkPoint, Point, RunData, TestData } from '../analysis/index.ts'
import { mannKendall, theilSen } from '../analysis/index.ts'
import { finding } from './finding-catalogue.ts'
import type { FindingInput } from './findings.ts'
import { digits } from './format-value.ts'

// How the code under test queues its work and treats what it depends on: from gauges of the plan that say what waits, from its counters `NAME.calls`,
// `NAME.completed`, `NAME.failed` and `NAME.refused` (at once: a 429) of a dependency, and from what crossed the links of our proxy.

/** A stretch of the test in which its load has one level: a phase, or all of it. */
interface Part {
  readonly name: string | undefined
  readonly from: number
  readonly to: number
}

function partsOf({ spec, judged }: TestData): readonly Part[] {
  if (spec.phases.length === 0) return [{ name: undefined, ...judged }]
  return spec.phases.map(({ name, fromSec, toSec }) => ({
    name,
    from: Math.max(judged.from, Math.ceil(fromSec)),
    to: Math.min(judged.to, Math.floor(toSec)),
  }))
}

function placeOf({ name, from, to }: Part): string {
  return name === undefined ? `in ${to - from} s` : `in the ${to - from} s of “${name}”`
}

const isWaiting = (name: string): boolean => /(^|[^a-z])(waiting|queued|queue|backlog|pending)([^a-z]|$)/i.test(name)

/** Ours. What waits in a bounded queue reaches its bound within seconds or stays below it; so long and so much it has to rise. */
const risingSec = 7
const leastWaiting = 50

/**
 * `queue-unbounded`: ours, through a whole part of the test what waits surely rises (Mann-Kendall), to fifty and more, to more than it was
 * in the middle by a third, and as fast in the second half as in the first: a bound would show, and so would callers who give up.
 */
export function queueUnbounded({ test }: FindingInput): Finding[] {
  return test
    .series('gauge')
    .filter(isWaiting)
    .flatMap((name) => {
      const rising = partsOf(test)
        .map((part) => ({ part, points: gaugePoints(test, name, part) }))
        .find(({ points }) => risesToItsEnd(points))
      if (rising === undefined) return []
      const { part, points } = rising
      const perSec = theilSen(points)?.perUnit ?? 0
      const evidence = `${name} rose by ${digits(perSec)} a second ${placeOf(part)}, to ${digits(points.at(-1)?.value ?? 0)}, and did not level off.`
      return [finding('queue-unbounded', evidence)]
    })
}

function risesToItsEnd(points: readonly Point[]): boolean {
  const last = points.at(-1)?.value ?? 0
  if (points.length < risingSec || last < leastWaiting) return false
  if (mannKendall(points.map(({ value }) => value)).z <= 2.576) return false
  const half = points.length >> 1
  const [first, second] = [theilSen(points.slice(0, half + 1)), theilSen(points.slice(half))]
  return first !== null && second !== null && second.perUnit >= 0.5 * first.perUnit && last > (4 / 3) * (points[half]?.value ?? 0)
}

function gaugePoints(test: TestData, name: string, { from, to }: Part): readonly Point[] {
  const points: Point[] = []
  for (let sec = from; sec < to; sec++) {
    const last = test
      .windowsAt('gauge', sec)
      .flatMap((window) => (window.kind === 'gauge' && window.name === name ? [window.last] : []))
    if (last.length > 0) points.push({ t: sec, value: last.reduce((a, b) => a + b) })
  }
  return points
}

/** Everything that was asked of a dependency in a second, and what asked for it. */
interface DependencySecond {
  readonly sec: number
  readonly iterations: number
  readonly calls: number
  readonly completed: number
  readonly failed: number
  readonly refused: number
}

const outcomes = ['completed', 'failed', 'refused'] as const

/** The seconds of a link between the target and what it depends on. A connection that is refused is a call that failed. */
function linkSeconds(test: TestData, link: string): readonly DependencySecond[] {
  const { from, to } = test.judged
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => {
    const sec = from + i
    const points = test.link(link, { from: sec, to: sec + 1 })
    const sum = (of: (point: LinkPoint) => number): number => points.reduce((all, point) => all + of(point), 0)
    const broken = sum((point) => point.broken)
    return {
      sec,
      iterations: iterationsIn(test, sec),
      calls: sum(({ calls }) => calls) + broken,
      completed: sum(({ answered }) => answered),
      failed: sum(({ failed }) => failed) + broken,
      refused: 0,
    }
  })
}

function iterationsIn(test: TestData, sec: number): number {
  return test.windowsAt('scenario', sec).reduce((all, window) => all + (window.kind === 'scenario' ? window.count : 0), 0)
}

/** Names of dependencies whose calls the plan counts, with what became of them. */
function dependencies(test: TestData): readonly string[] {
  const counters = new Set(test.series('counter'))
  return [...counters].flatMap((name) => {
    const dependency = /^(.+)\.calls$/.exec(name)?.[1]
    return dependency !== undefined && outcomes.every((outcome) => counters.has(`${dependency}.${outcome}`)) ? [dependency] : []
  })
}

function secondsOf(
  test: TestData,
  dependency: string,
  { from, to }: { readonly from: number; readonly to: number },
): readonly DependencySecond[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => {
    const sec = from + i
    const sums = new Map<string, number>()
    for (const window of test.windowsAt('counter', sec))
      if (window.kind === 'counter') sums.set(window.name, (sums.get(window.name) ?? 0) + window.sum)
    const sum = (name: string): number => sums.get(`${dependency}.${name}`) ?? 0
    return {
      sec,
      iterations: iterationsIn(test, sec),
      calls: sum('calls'),
      completed: sum('completed'),
      failed: sum('failed'),
      refused: sum('refused'),
    }
  })
}

function total(seconds: readonly DependencySecond[]): Omit<DependencySecond, 'sec'> {
  const sum = (of: (second: DependencySecond) => number): number => seconds.reduce((all, second) => all + of(second), 0)
  return {
    iterations: sum(({ iterations }) => iterations),
    calls: sum(({ calls }) => calls),
    completed: sum(({ completed }) => completed),
    failed: sum(({ failed }) => failed),
    refused: sum(({ refused }) => refused),
  }
}

/** Ours: whoever waits as long as a refusal asks for is refused again now and then, and not four times for each call that is taken. */
const stormRatio = 4
const leastRefused = 100

/**
 * `retry-storm`: in the seconds in which a dependency refuses, it is asked more than four times in vain for each call that it takes; or, on a link of our
 * proxy, while nearly all calls fail there are more than four times as many of them for each iteration as when it is well.
 */
export function retryStorm(input: FindingInput): Finding[] {
  return [...stormsOfCounters(input.test), ...stormsOnLinks(input)]
}

function stormsOnLinks({ data, test }: FindingInput): Finding[] {
  return httpLinks(data, test).flatMap((link) => {
    const seconds = linkSeconds(test, link)
    const [down, usual] = [total(longestOutage(seconds)), total(wellOf(seconds))]
    if (down.failed < leastRefused || down.iterations === 0 || usual.iterations === 0 || usual.calls === 0) return []
    const [each, usually] = [down.calls / down.iterations, usual.calls / usual.iterations]
    if (each <= stormRatio * usually) return []
    const evidence = `While nearly all calls to ${link} failed it was called ${digits(down.calls)} times: ${digits(each)} calls for each iteration, against ${digits(usually)} when it was well.`
    return [finding('retry-storm', evidence)]
  })
}

function stormsOfCounters(test: TestData): Finding[] {
  return dependencies(test).flatMap((dependency) => {
    const seconds = secondsOf(test, dependency, test.judged).filter(({ refused }) => refused > 0)
    const { calls, completed, failed, refused, iterations } = total(seconds)
    const taken = Math.max(1, completed + failed)
    if (refused < leastRefused || refused <= stormRatio * taken) return []
    const each = iterations > 0 ? `, ${digits(calls / iterations)} calls for each iteration` : ''
    const evidence = `In ${seconds.length} seconds ${dependency} refused ${digits(refused)} of ${digits(calls)} calls: ${digits(refused / taken)} refusals for each call that it took${each}.`
    return [finding('retry-storm', evidence)]
  })
}

/** A breaker needs its failures first, and what runs comes to its end. Ours. */
const openingSec = 3
const leastOutageSec = 4

/**
 * `breaker-absent`: D9 by the calls a dependency gets for each request of ours while everything that it answers fails, against what it gets
 * otherwise. A closed breaker is at 0.9 of that and an open one below 0.02; work that is given up at its first call makes fewer of them than
 * work that is done, so ours is a half.
 */
export function breakerAbsent({ data, test, breakers }: FindingInput): Finding[] {
  const known = [
    ...dependencies(test).map((dependency) => ({ dependency, seconds: secondsOf(test, dependency, test.judged) })),
    ...httpLinks(data, test)
      .filter((link) => breakers.every((judged) => judged.link !== link))
      .map((link) => ({ dependency: link, seconds: linkSeconds(test, link) })),
  ]
  return known.flatMap(({ dependency, seconds }) => {
    const outage = longestOutage(seconds).slice(openingSec)
    if (outage.length < leastOutageSec) return []
    const [down, usual] = [total(outage), total(wellOf(seconds))]
    if (down.iterations === 0 || usual.iterations === 0 || down.calls < 10) return []
    const [each, usually] = [down.calls / down.iterations, usual.calls / usual.iterations]
    if (each < 0.5 * usually) return []
    const evidence = `For ${outage.length} s all that ${dependency} answered were failures, and it was still asked ${digits(down.calls / outage.length)} times a second: ${digits(each)} calls for each iteration, against ${digits(usually)} when it was well.`
    return [finding('breaker-absent', evidence)]
  })
}

/** Between the target and what it depends on by HTTP. A database that is away fails whatever asks for it, and drivers connect again as they should. */
function httpLinks({ header }: RunData, { spec }: TestData): readonly string[] {
  const { services, dependencies: declared = {} } = header.plan
  return (spec.links ?? []).filter((link) => {
    const service = services[link]
    return (service?.kind === 'process' ? service.protocol : declared[link]?.protocol) === 'http'
  })
}

const wellOf = (seconds: readonly DependencySecond[]): readonly DependencySecond[] =>
  seconds.filter(({ completed, failed, refused }) => completed > failed && completed > refused)

/** Seconds in a row in which nine of ten answers and more are failures; a second without an answer tells nothing and ends nothing. */
function longestOutage(seconds: readonly DependencySecond[]): readonly DependencySecond[] {
  let best: readonly DependencySecond[] = []
  let from: number | undefined
  seconds.forEach(({ completed, failed }, i) => {
    if (completed + failed === 0) return
    if (failed < 0.9 * (completed + failed)) {
      from = undefined
      return
    }
    from ??= i
    if (i + 1 - from > best.length) best = seconds.slice(from, i + 1)
  })
  return best
}
