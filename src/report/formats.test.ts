import { beforeAll, expect, test } from 'vitest'
import { hostileText, syntheticRecord } from '../../test/kit/synthetic-record.ts'
import type { RunResult } from '../model/run-result.ts'
import { judgeRun } from '../verdicts/index.ts'
import { githubAnnotations } from './github.ts'
import { renderCsv } from './render-csv.ts'
import { renderJson } from './render-json.ts'
import { renderJUnit } from './render-junit.ts'
import { renderMarkdown } from './markdown/render-markdown.ts'
import { renderText } from './text/render-text.ts'
import { textWidth } from './text/table.ts'

const record = syntheticRecord({ seconds: 60 })
const data = record.data()
let result: RunResult

beforeAll(() => {
  const judged = judgeRun(data)
  // A name is the plan's, but it may come from a URL: hostile everywhere.
  const tests = judged.tests.map((one, i) =>
    i === 0
      ? one
      : { ...one, reason: hostileText, errors: one.errors.map((e) => ({ ...e, name: hostileText, example: hostileText })) },
  )
  result = { ...judged, tests, errors: [{ code: 'X', text: hostileText }] }
})

const control = /[\u0000-\u0008\u000b-\u000c\u000e-\u001f\u007f-\u009f]/

test('the text reads top-down: verdict, why, summary; when, how long, where; success, tests; what to do; what all tests say; then each test', () => {
  const text = renderText(judgeRun(data), record.header, { page: '/runs/1/report.html' })
  const head = [
    'FAILED',
    '“peak”',
    'Summary\n',
    'When',
    'Length',
    'Machine',
    'Success',
    'Tests',
    ' staircase ',
    '✗ peak',
    'Recommendations',
  ]
  const together = ['Criteria\n', 'Bottlenecks\n', 'Readiness\n']
  const body = ['Numbers', 'Objectives\n', 'Validity', 'Seed 7', '/runs/1/report.html']
  const order = [...head, ...together, ...body].map((word) => text.indexOf(word))
  expect(order.every((at) => at >= 0)).toBe(true)
  expect(order).toEqual([...order].sort((a, b) => a - b))
})

test('the text keeps within its width, with and without colours the same words', () => {
  const plain = renderText(result, record.header, { width: 80 })
  const long = plain.split('\n').filter((line) => textWidth(line) > 80)
  expect(long).toEqual([])

  expect(renderText(result, record.header, { width: 80, colour: true }).replace(/\u001b\[\d+m/g, '')).toBe(plain)
})

test('no format lets a control character of a server through', () => {
  for (const text of [
    renderText(result, record.header),
    renderMarkdown(result, record.header),
    renderJUnit(result),
    renderCsv(data, result),
    ...githubAnnotations(result),
  ])
    expect(control.exec(text)).toBeNull()
})

test('markup of a server is escaped in Markdown outside code, and in JUnit everywhere', () => {
  const outsideCode = renderMarkdown(result, record.header).replace(/`[^`]*`/g, '')
  expect(outsideCode).not.toMatch(/<(?!\/?sub>)/)
  expect(renderJUnit(result)).not.toContain('<script')
  expect(renderJUnit(result)).toContain('&lt;script&gt;')
})

test('JUnit counts a case per objective and one per validity, and its attributes agree with its elements', () => {
  const xml = renderJUnit(result)
  const cases = (xml.match(/<testcase /g) ?? []).length
  const objectives = result.tests.reduce((sum, one) => sum + one.objectives.length, 0)
  expect(cases).toBe(objectives + result.tests.length + result.errors.length)
  expect(/<testsuites [^>]*tests="(\d+)" failures="(\d+)"/.exec(xml)?.slice(1, 3)).toEqual([
    String(cases),
    String((xml.match(/<failure /g) ?? []).length),
  ])
})

test('CSV has the same number of cells in every row, and its requests add up to the result', () => {
  const [head = '', ...rows] = renderCsv(data, result).trimEnd().split('\r\n')
  const columns = head.split(',')
  const cells = rows.map((row) => row.split(','))
  expect(cells.every((one) => one.length === columns.length)).toBe(true)
  const [kind, count, testAt] = ['kind', 'count', 'test'].map((name) => columns.indexOf(name))
  const sum = (of: string) =>
    cells
      .filter((one) => one[testAt ?? -1] === 'peak' && one[kind ?? -1] === of)
      .reduce((total, one) => total + Number(one[count ?? -1]), 0)
  expect(sum('all')).toBe(sum('request'))
  expect(sum('all')).toBe(data.test('peak')?.total('request').count)
})

test('JSON begins with the schema and reads back as the same result', () => {
  const text = renderJson(result)
  expect(text.startsWith('{\n  "schema": "proofload.result/1",\n  "name"')).toBe(true)
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(result)))
})
