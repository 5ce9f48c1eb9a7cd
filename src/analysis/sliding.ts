import { createTally } from '../metrics/index.ts'
import type { Distribution } from '../metrics/index.ts'
import type { Range } from './series-log.ts'
import type { TestData } from './test-data.ts'

/** Requests of one window of a sliding look at a test. */
export interface SlidingWindow {
  readonly range: Range
  readonly count: number
  readonly failed: number
  readonly bytesIn: number
  readonly response: Distribution
  readonly service: Distribution
  readonly censored: Distribution
}

export interface SlidingOptions {
  readonly lengthSec: number
  readonly range: Range
  readonly name?: string | undefined
}

interface Second {
  readonly count: number
  readonly failed: number
  readonly bytesIn: number
  readonly response: Distribution
  readonly service: Distribution
  readonly censored: Distribution
}

/** Every window of a length within a range, one second apart. Each second is decoded once. Yields nothing when the range is shorter than the length. */
export function* slidingRequests(test: TestData, { lengthSec, range, name }: SlidingOptions): Generator<SlidingWindow> {
  const seconds: Second[] = []
  for (let sec = range.from; sec < range.to; sec++) {
    seconds.push(secondOf(test, sec, name))
    if (seconds.length > lengthSec) seconds.shift()
    if (seconds.length === lengthSec) yield merge(seconds, { from: sec + 1 - lengthSec, to: sec + 1 })
  }
}

function secondOf(test: TestData, sec: number, name: string | undefined): Second {
  const second = { count: 0, failed: 0, bytesIn: 0, response: createTally(), service: createTally(), censored: createTally() }
  for (const window of test.windowsAt('request', sec)) {
    if (window.kind !== 'request' || (name !== undefined && window.name !== name)) continue
    second.count += window.count
    second.failed += window.failed
    second.bytesIn += window.bytesIn
    second.response.add(window.response)
    second.service.add(window.service)
    second.censored.add(window.censored)
  }
  for (const each of [second.response, second.service, second.censored]) each.compact()
  return second
}

function merge(seconds: readonly Second[], range: Range): SlidingWindow {
  const sum = (of: (second: Second) => number) => seconds.reduce((total, second) => total + of(second), 0)
  const tally = (of: (second: Second) => Distribution) => {
    const merged = createTally()
    for (const second of seconds) merged.addDistribution(of(second))
    return merged
  }
  return {
    range,
    count: sum((s) => s.count),
    failed: sum((s) => s.failed),
    bytesIn: sum((s) => s.bytesIn),
    response: tally((s) => s.response),
    service: tally((s) => s.service),
    censored: tally((s) => s.censored),
  }
}

/** Response times of each second of a range, e.g. for the block bootstrap. */
export function responsesBySecond(test: TestData, { range, name }: { range: Range; name?: string | undefined }): Distribution[] {
  const seconds: Distribution[] = []
  for (let sec = range.from; sec < range.to; sec++) seconds.push(secondOf(test, sec, name).response)
  return seconds
}
