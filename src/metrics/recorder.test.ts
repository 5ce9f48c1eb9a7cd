import { describe, expect, it } from 'vitest'
import type { RequestWindow, SeriesWindow } from '../model/sample.ts'
import { createRecorder, decodeSparse, mergeSeriesWindows, otherName } from './index.ts'
import type { Recorder, RequestSample } from './index.ts'
import { seededRandom } from '../base/random.ts'

function sample(of: Partial<RequestSample> = {}): RequestSample {
  const times = { intendedMs: 100, sentMs: 102, endMs: 112 }
  const parts = { queueMs: 0, dnsMs: 0, connectMs: 0, tlsMs: 0, firstByteMs: 0, downloadMs: 0 }
  return { ...times, ...parts, bytesIn: 500, bytesOut: 80, status: 200, failure: undefined, retryAfter: false, ...of }
}

function requests(recorder: Recorder): RequestWindow[] {
  return recorder.take().filter((window): window is RequestWindow => window.kind === 'request')
}

describe('a recorder', () => {
  it('counts response from the intended start and service from the first byte written', () => {
    const recorder = createRecorder({ maxSeries: 10 })
    recorder.request('GET /', sample())
    const [window] = requests(recorder)
    expect(window).toMatchObject({
      name: 'GET /',
      count: 1,
      failed: 0,
      bytesIn: 500,
      bytesOut: 80,
      statuses: { 200: 1 },
      failures: {},
    })
    expect([window!.response.sum, window!.service.sum, window!.censored.count]).toEqual([12_000, 10_000, 0])
    recorder.destroy()
  })

  it('keeps time-outs and abandoned requests apart, as how long they had waited', () => {
    const recorder = createRecorder({ maxSeries: 10 })
    recorder.request('GET /', sample({ failure: 'timeout-first-byte', status: 0, endMs: 5100 }))
    recorder.request('GET /', sample({ failure: 'aborted', status: 0, endMs: 200 }))
    // Cut off in the middle of its body: there is a status, but no end.
    recorder.request('GET /', sample({ failure: 'timeout', status: 200, endMs: 1100 }))
    const [window] = requests(recorder)
    expect(window).toMatchObject({ count: 3, failed: 3, failures: { 'timeout-first-byte': 1, aborted: 1, timeout: 1 } })
    expect([window!.censored.count, window!.censored.sum, window!.response.count]).toEqual([3, 6_100_000, 0])
    recorder.destroy()
  })

  it('times failed answers, but not requests without any', () => {
    const recorder = createRecorder({ maxSeries: 10 })
    recorder.request('GET /', sample({ failure: 'status', status: 503 }))
    recorder.request('GET /', sample({ failure: 'refused', status: 0, sentMs: 0 }))
    const [window] = requests(recorder)
    expect(window).toMatchObject({ count: 2, failed: 2, failures: { status: 1, refused: 1 }, statuses: { 503: 1 } })
    expect([window!.response.count, window!.service.count, window!.censored.count]).toEqual([1, 1, 0])
    recorder.destroy()
  })

  it('keeps the times of failed answers apart as well, so that good ones can be told, over several workers', () => {
    const recorders = [createRecorder({ maxSeries: 10 }), createRecorder({ maxSeries: 10 })]
    for (const recorder of recorders) {
      recorder.request('GET /', sample())
      recorder.request('GET /', sample({ failure: 'status', status: 429, endMs: 101, retryAfter: true }))
      recorder.step('pay', 5, true)
      recorder.step('pay', 7, false)
    }
    const merged = mergeSeriesWindows(recorders.flatMap((recorder) => recorder.take()))
    const [request, step] = merged as [RequestWindow, Extract<SeriesWindow, { kind: 'step' }>] // in this order
    expect([request.response.count, request.failedResponse!.count, request.failedResponse!.max, request.retryAfter]).toEqual([
      4, 2, 1000, 2,
    ])
    expect([step.response.count, step.failedResponse!.count, step.failedResponse!.max]).toEqual([4, 2, 5000])
    for (const recorder of recorders) recorder.destroy()
  })

  it('adds up the parts of the requests that had them', () => {
    const recorder = createRecorder({ maxSeries: 10 })
    recorder.request('GET /', sample({ connectMs: 0.5, firstByteMs: 8 }))
    recorder.request('GET /', sample({ firstByteMs: 4, downloadMs: 1 }))
    expect(requests(recorder)[0]!.parts).toEqual({
      connect: { sum: 500, count: 1 },
      firstByte: { sum: 12_000, count: 2 },
      download: { sum: 1000, count: 1 },
    })
    recorder.destroy()
  })

  it('never records less than a microsecond', () => {
    const recorder = createRecorder({ maxSeries: 10 })
    recorder.request('GET /', sample({ intendedMs: 5, sentMs: 5, endMs: 5 }))
    expect(requests(recorder)[0]!.response.min).toBe(1)
    recorder.destroy()
  })

  it('keeps all kinds of series, and gives each second only what happened in it', () => {
    const recorder = createRecorder({ maxSeries: 10 })
    recorder.step('checkout', 20, false)
    recorder.step('checkout', 30, true)
    recorder.iteration('buy', 1000, 0.25, 'ok')
    recorder.iteration('buy', 1500, 0, 'failed')
    recorder.iteration('buy', 300, 0, 'interrupted')
    recorder.check('is listed', true)
    recorder.check('is listed', false)
    recorder.trend('price', 12.345)
    recorder.counter('orders', 2)
    recorder.counter('orders', -1)
    for (const value of [5, -3, 4]) recorder.gauge('queue', value)
    const [step, scenario, check, trend, counter, gauge] = recorder.take()
    expect(step).toMatchObject({ kind: 'step', name: 'checkout', count: 2, failed: 1, response: { sum: 50_000 } })
    expect(scenario).toMatchObject({
      kind: 'scenario',
      count: 2,
      failed: 1,
      interrupted: 1,
      response: { sum: 2_500_000 },
      slip: { count: 3, max: 250 },
    })
    expect(check).toEqual({ kind: 'check', name: 'is listed', passed: 1, failed: 1 })
    expect(trend).toMatchObject({ kind: 'trend', name: 'price', values: { sum: 12_345, count: 1 } })
    expect(counter).toEqual({ kind: 'counter', name: 'orders', sum: 1 })
    expect(gauge).toEqual({ kind: 'gauge', name: 'queue', last: 4, min: -3, max: 5, sum: 6, count: 3 })
    expect(recorder.take()).toEqual([])
    recorder.check('is listed', true)
    expect(recorder.take()).toEqual([{ kind: 'check', name: 'is listed', passed: 1, failed: 0 }])
    recorder.destroy()
  })

  it('refuses values that are no numbers, and says how many', () => {
    const recorder = createRecorder({ maxSeries: 10 })
    recorder.trend('t', NaN)
    recorder.trend('t', -1)
    recorder.counter('c', Infinity)
    recorder.gauge('g', NaN)
    expect([recorder.rejected, recorder.take()]).toEqual([4, []])
  })

  it('counts names beyond its cap together, and says so', () => {
    const recorder = createRecorder({ maxSeries: 2 })
    for (const name of ['a', 'b', 'a', 'b']) recorder.check(name, true)
    expect(recorder.overflowed).toBe(false)
    for (const name of ['c', 'd', 'a', '__proto__']) recorder.check(name, true)
    expect(recorder.overflowed).toBe(true)
    expect(recorder.take()).toEqual([
      { kind: 'check', name: 'a', passed: 3, failed: 0 },
      { kind: 'check', name: 'b', passed: 2, failed: 0 },
      { kind: 'check', name: otherName, passed: 3, failed: 0 },
    ])
  })
})

describe('windows of several workers', () => {
  /** Something of every kind; histograms are compared by their buckets, because encoders may differ. */
  const random = seededRandom(3)
  const happenings = Array.from({ length: 600 }, () => ({ pick: random.next(), value: random.next() }))

  function record(recorder: Recorder, { pick, value }: { pick: number; value: number }): void {
    const name = pick * 1000 - Math.floor(pick * 1000) < 0.5 ? 'one' : 'two'
    if (pick < 0.4)
      recorder.request(
        name,
        sample({
          endMs: 102 + value * 50,
          queueMs: value < 0.5 ? 0 : 1,
          status: value < 0.9 ? 200 : 0,
          failure: value < 0.9 ? undefined : 'timeout',
        }),
      )
    else if (pick < 0.5) recorder.step(name, value * 80, value > 0.7)
    else if (pick < 0.7) recorder.iteration(name, value * 900, value, value > 0.95 ? 'interrupted' : 'ok')
    else if (pick < 0.8) recorder.check(name, value > 0.1)
    else if (pick < 0.9) recorder.trend(name, Math.round(value * 500))
    else recorder.counter(name, Math.round(value * 10))
  }

  function comparable(windows: readonly SeriesWindow[]): unknown {
    const text = JSON.stringify(
      windows.toSorted((a, b) => (a.kind + a.name).localeCompare(b.kind + b.name)),
      (key, value: unknown) =>
        key === 'v2' && typeof value === 'string' ? [...decodeSparse(value).counts, ...decodeSparse(value).indexes] : value,
    )
    return JSON.parse(text)
  }

  it('merge to exactly what one worker would have seen', () => {
    const whole = createRecorder({ maxSeries: 10 })
    const parts = Array.from({ length: 3 }, () => createRecorder({ maxSeries: 10 }))
    for (const [i, one] of happenings.entries()) {
      record(whole, one)
      record(parts[i % 3]!, one)
    }
    const expected = comparable(whole.take())
    const windows = parts.map((part) => part.take())
    expect(comparable(mergeSeriesWindows(windows.flat()))).toEqual(expected)
    expect(comparable(mergeSeriesWindows(windows.toReversed().flat()))).toEqual(expected)
    expect(comparable(mergeSeriesWindows([...mergeSeriesWindows(windows.slice(0, 2).flat()), ...windows[2]!]))).toEqual(expected)
    for (const each of [whole, ...parts]) each.destroy()
  })

  it('are compressed on the way, also when there is only one worker', () => {
    const recorder = createRecorder({ maxSeries: 10 })
    for (let i = 0; i < 2000; i++) recorder.request('a', sample({ endMs: 102 + random.next() * 50 }))
    const taken = recorder.take()
    const merged = mergeSeriesWindows(taken)
    expect(comparable(merged)).toEqual(comparable(taken))
    expect(JSON.stringify(merged).length).toBeLessThan(0.7 * JSON.stringify(taken).length)
    recorder.destroy()
  })

  it('keep the extremes of a gauge', () => {
    const gauge = (last: number, min: number, max: number): SeriesWindow => ({
      kind: 'gauge',
      name: 'g',
      last,
      min,
      max,
      sum: min + max,
      count: 2,
    })
    expect(mergeSeriesWindows([gauge(1, 1, 9), gauge(4, -2, 4)])).toEqual([
      { kind: 'gauge', name: 'g', last: 4, min: -2, max: 9, sum: 12, count: 4 },
    ])
  })
})

it('every exception of a scenario is counted, also when only a few are kept as examples', () => {
  const recorder = createRecorder({ maxSeries: 10 })
  for (let i = 0; i < 250; i += 1) recorder.exception('buy')
  expect(recorder.take()).toMatchObject([{ kind: 'scenario', name: 'buy', count: 0, exceptions: 250 }])
  expect(recorder.take()).toEqual([])
})
