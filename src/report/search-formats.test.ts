import { expect, test } from 'vitest'
import { capacityRun } from '../../test/kit/capacity-run.ts'
import { githubAnnotations } from './github.ts'
import { renderSummary } from './markdown/summary.ts'
import { renderCsv } from './render-csv.ts'
import { renderJUnit } from './render-junit.ts'

// The record knows its test by this name.
const found = capacityRun({ name: 'the test', overload: true })
const limited = capacityRun({ kind: 'generator-limited' })

test('JUnit has a case a trial, of which none fails: what is not borne is what a search looks for', () => {
  const xml = renderJUnit(found.result)
  const trials = found.result.tests[0]?.capacity?.trials ?? []
  expect((xml.match(/<testcase name="trial /g) ?? []).length).toBe(trials.length)
  expect(xml).toContain('failures="0" errors="0" skipped="0"')
  expect(xml).toContain('<property name="capacity.lower" value="300"/>')
  expect(xml).toMatch(/trial 4: bracket at 400\/s[^>]*>\n\s*<system-out>fails \(saturation, p95 &lt; 100ms fails\)/)
})

test('a search without an answer is skipped in JUnit, as its void trials are: what fails is for the verdict to say', () => {
  const xml = renderJUnit(limited.result)
  const voids = limited.result.tests[0]?.capacity?.trials.filter(({ verdict }) => verdict === 'void') ?? []
  expect(voids.length).toBeGreaterThan(0)
  expect(xml).toContain(`errors="0" skipped="${voids.length + 1}"`)
  expect(xml).toContain('<skipped message="Bears at least 200/s: beyond it the generator was the limit">')
})

test('CSV has a row a trial and an objective, and the seconds of a trial carry its number', () => {
  const [head = '', ...rows] = renderCsv(found.data, found.result).trimEnd().split('\r\n')
  const columns = head.split(',')
  const cells = rows.map((row) => Object.fromEntries(row.split(',').map((value, i) => [columns[i] ?? '', value])))
  const trials = found.result.tests[0]?.capacity?.trials ?? []
  expect(cells.filter((row) => row['kind'] === 'trial').map((row) => [Number(row['value']), row['verdict']])).toEqual(
    trials.map(({ load, verdict }) => [load, verdict]),
  )
  expect(cells.filter((row) => row['kind'] === 'objective').map((row) => row['verdict'])).toEqual(['pass'])
  const first = trials[0]
  const inFirst = cells.filter((row) => row['kind'] === 'all' && Number(row['second']) < (first?.toSec ?? 0))
  expect(inFirst.length).toBeGreaterThan(5)
  expect(new Set(inFirst.map((row) => row['trial']))).toEqual(new Set(['1']))
})

test('GitHub gets a notice of a capacity that was found and a warning of one that was not, and the summary its trials', () => {
  expect(githubAnnotations(found.result).join('\n')).toMatch(
    /^::notice title=the test%3A capacity::Bears 300\/s, breaks at 313\/s/m,
  )
  expect(githubAnnotations(limited.result).join('\n')).toMatch(/^::warning title=capacity%3A capacity::Bears at least 200\/s/m)
  const summary = renderSummary(found.result, found.data.header)
  expect(summary).toContain('Bears 300/s, breaks at 313/s')
  expect(summary).toContain('| 4 bracket | fails | 400/s |')
})
