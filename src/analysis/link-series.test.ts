import { describe, expect, it } from 'vitest'
import type { LinkWindow } from '../model/sample.ts'
import { outageRecord, outageStart } from '../../test/kit/outage-record.ts'
import { untouched } from '../../test/kit/simulated-outages.ts'
import type { TestData } from './index.ts'
import { linkSeries } from './index.ts'

const none: Omit<LinkWindow, 'kind' | 'link'> = {
  ...{ calls: 0, answered: 0, failed: 0, connections: 0, broken: 0, open: 0, bytesUp: 0, bytesDown: 0 },
}

/** A test of five seconds in which nothing crossed its link `db` but this; seconds from the start of the load. */
function testWith(...windows: readonly (Partial<LinkWindow> & { readonly t: number })[]): TestData {
  const load = { seed: 1, process: 'uniform', stages: [{ perSec: 10, sec: 5 }], atSec: 1, forSec: 1 } as const
  const { requests } = untouched(load)
  const data = outageRecord(load, { requests, calls: [] })
  for (const { t, ...window } of windows) data.addWindow({ ...none, ...window, kind: 'link', link: 'db', t: outageStart + t })
  const [test] = data.tests
  if (test === undefined) throw new Error('the record has no test')
  return test
}

const all = { from: 0, to: Infinity }
const values = (test: TestData, metric: 'calls' | 'failed' | 'broken' | 'open', range = all) =>
  linkSeries(test, { link: 'db', metric }, range).map(({ t, value }) => [t, value])

describe('a link as a series', () => {
  const test = testWith(
    { t: -0.5, open: 2 },
    { t: 1, calls: 3, open: 4 },
    { t: 1.9, calls: 2, answered: 3, failed: 1, open: 3 },
    { t: 3.2, broken: 5, answered: 1, open: 0 },
  )

  it('has the calls and the broken connections of each whole second, and zeros where nothing crossed', () => {
    expect(values(test, 'calls')).toEqual([
      [0, 0],
      [1, 5],
      [2, 0],
      [3, 0],
      [4, 0],
    ])
    expect(values(test, 'broken', { from: 3, to: 5 })).toEqual([
      [3, 5],
      [4, 0],
    ])
  })

  it('has the share of failures only where calls ended', () => {
    expect(values(test, 'failed')).toEqual([
      [1, 0.25],
      [3, 0],
    ])
  })

  it('keeps the open connections until it hears otherwise, from before the load on', () => {
    expect(values(test, 'open').map(([, value]) => value)).toEqual([2, 3, 3, 0, 0])
    expect(values(testWith({ t: 2.5, open: 1 }), 'open')).toEqual([
      [2, 1],
      [3, 1],
      [4, 1],
    ])
  })

  it('is nothing where our proxy does not stand', () => {
    expect(linkSeries(test, { link: 'payments', metric: 'calls' }, all)).toEqual([])
  })
})
