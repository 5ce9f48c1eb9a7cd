import { describe, expect, it } from 'vitest'
import { healthyRecord } from '../../test/kit/healthy-record.ts'
import { judgeRun } from '../verdicts/index.ts'
import type { RunResult } from '../model/run-result.ts'
import type { VariantsResult } from '../model/variants-result.ts'
import { createViewModel } from './html/view-model.ts'
import { renderMarkdown } from './markdown/render-markdown.ts'
import { renderText } from './text/render-text.ts'
import { variantWords } from './variant-words.ts'

const compared: VariantsResult = {
  test: 'capacity',
  rounds: 2,
  variants: [
    { name: 'with all', env: {}, tests: [{ name: 'capacity · with all', counts: true }] },
    { name: 'pool|20', env: { POOL: '20' }, tests: [{ name: 'capacity · pool|20', counts: false }] },
    { name: 'no audit', env: { CHAT_WITHOUT: 'audit' }, tests: [] },
  ],
  figures: [
    {
      id: 'capacity',
      unit: 'perSec',
      better: 'more',
      values: [
        { value: 420.5, low: 412, high: 430, ratio: 1, interval: null, difference: 'reference' },
        { value: null, low: 455, high: null, ratio: null, interval: [1.06, null], difference: 'more' },
        { value: 300, low: 295.4, high: 305, ratio: 0.71, interval: [0.6, 0.84], difference: 'less' },
      ],
    },
    {
      id: 'p95',
      unit: 'ms',
      better: 'less',
      values: [
        { value: 20, low: 19.5, high: 20.5, ratio: 1, interval: null, difference: 'reference' },
        { value: 15, low: 15, high: 15, ratio: 0.75, interval: [0.7, 0.8], difference: 'less' },
        { value: null, low: null, high: null, ratio: null, interval: null, difference: 'unknown', reason: 'it was not measured' },
      ],
    },
  ],
  best: { variant: 'pool|20', reason: 'More capacity than “with all”: at least 1.06 times.' },
}

const data = healthyRecord({ seconds: 12 })
const plain: RunResult = judgeRun(data)
const result: RunResult = { ...plain, variants: [compared] }

describe('the comparison of variants in words', () => {
  it('shows a capacity by its ends, and anything else by its mean and the range of its rounds', () => {
    const [words] = variantWords(result)
    expect(words!.figures.map(({ rows }) => rows.map(({ value }) => value))).toEqual([
      ['412/s – 430/s', '455/s or more', '295/s – 305/s'],
      ['20.0 ms (19.5 – 20.5)', '15.0 ms', '–'],
    ])
  })

  it('says better and worse by what the figure is', () => {
    const [words] = variantWords(result)
    expect(words!.figures.map(({ rows }) => rows.map(({ difference }) => difference))).toEqual([
      ['', 'better', 'worse'],
      ['', 'better', 'not known'],
    ])
    expect(words!.figures[1]!.notes).toEqual(['“no audit”: it was not measured.'])
    expect(words!.figures[0]!.rows[1]).toMatchObject({ ratio: '–', interval: '1.06 or more' })
  })

  it('tells how it was done, and what is no part of it', () => {
    const [words] = variantWords(result)
    expect(words!.how).toContain('“pool|20”: POOL=20; “no audit”: CHAT_WITHOUT=audit')
    expect(words!.how).toContain('Left out, as not valid or not complete: “capacity · pool|20”.')
  })

  it('counts what is no part of it where that is most of it', () => {
    const tests = ['a', 'b', 'c', 'd'].map((name) => ({ name, counts: false }))
    const most = { ...compared, variants: [{ name: 'with all', env: {}, tests }] }
    expect(variantWords({ variants: [most] })[0]!.how).toContain('not complete: 4 of the 4 tests.')
  })

  it('stands in every report, and in none of a run that compared nothing', () => {
    const text = renderText(result, data.header)
    expect(text).toContain('Variants of “capacity”')
    expect(text).toMatch(/pool\|20 +455\/s or more +– +1\.06 or more +better/)
    const markdown = renderMarkdown(result, data.header)
    expect(markdown).toContain('## Best configuration found')
    expect(markdown).toContain('| pool\\|20 | 455/s or more | – | 1.06 or more | better |')
    expect(createViewModel(data.header).update(data, result).variants).toEqual(variantWords(result))
    expect(renderText(plain, data.header)).not.toContain('Variants')
    expect(renderMarkdown(plain, data.header)).not.toContain('configuration found')
    expect(createViewModel(data.header).update(data, plain).variants).toEqual([])
  })
})
