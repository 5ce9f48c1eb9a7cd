import { describe, expect, it } from 'vitest'
import { parsePrometheusText, seriesName } from './prometheus-text.ts'

function values(text: string): Record<string, number> {
  return Object.fromEntries(parsePrometheusText(text).readings.map((reading) => [seriesName(reading), reading.value]))
}

describe('a page of metrics', () => {
  it('gives values by name and labels, and the declared types', () => {
    const page = parsePrometheusText(
      '# HELP hits Cache hits.\n# TYPE hits counter\nhits 3\nhttp_requests_total{method="GET",route="/x"} 1027 1395066363000\n',
    )
    expect(page.types.get('hits')).toBe('counter')
    expect(page.malformed).toBe(0)
    expect(page.readings.map(seriesName)).toEqual(['hits', 'http_requests_total{method="GET",route="/x"}'])
    expect(page.readings.map(({ value }) => value)).toEqual([3, 1027])
  })

  it('understands NaN, infinities, exponents and signs', () => {
    expect(values('a NaN\nb +Inf\nc -Inf\nd 1.5e-3\ne -0.5\nf 1e9\ng .5\n')).toEqual({
      a: NaN,
      b: Infinity,
      c: -Infinity,
      d: 0.0015,
      e: -0.5,
      f: 1e9,
      g: 0.5,
    })
  })

  it('keeps escapes, braces, commas and hashes inside labels', () => {
    const [reading] = parsePrometheusText(String.raw`m{path="C:\\dir",text="a \"b\"\nc",odd="} , = # 9"} 4`).readings
    expect(reading).toEqual({ name: 'm', labels: { path: 'C:\\dir', text: 'a "b"\nc', odd: '} , = # 9' }, value: 4 })
  })

  it('passes over time stamps and exemplars', () => {
    expect(values('b_bucket{le="0.1"} 8 # {trace_id="x"} 0.054 1520879607.789\nc 7 1520879607\n')).toEqual({
      'b_bucket{le="0.1"}': 8,
      c: 7,
    })
  })

  it('takes odd spacing, a trailing comma, empty labels and Windows line ends', () => {
    expect(values('  a { x = "1" , }  2  \r\nb{} 3\r\n\tc\t4\n')).toEqual({ 'a{x="1"}': 2, b: 3, c: 4 })
  })

  it('counts what it cannot understand and reads on', () => {
    const page = parsePrometheusText('ok 1\nno_value\nbad{x="unclosed} 2\n<html>\n9name 3\nhex 0x10\nbad{x} 1\nfine 2\n')
    expect(page.readings.map(({ name }) => name)).toEqual(['ok', 'fine'])
    expect(page.malformed).toBe(6)
  })
})
