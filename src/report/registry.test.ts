import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { syntheticRecord } from '../../test/kit/synthetic-record.ts'
import { judgeRun } from '../verdicts/index.ts'
import { wantsColour } from './colour.ts'
import { createReporters, defaultReporterNames } from './registry.ts'
import { replay } from './replay.ts'

const record = syntheticRecord({ seconds: 30 })
const result = judgeRun(record.data())

function place() {
  const folder = mkdtempSync(join(tmpdir(), 'proofload-report-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const written: string[] = []
  const out = { write: (text: string) => written.push(text) > 0 }
  return { folder, written, out }
}

test('a saved record can be told to any reporter: files in the folder, lines for a pipe', async () => {
  const { folder, written, out } = place()
  const summary = join(folder, 'summary.md')
  const failures: unknown[] = []
  const context = { out, err: out, env: { GITHUB_STEP_SUMMARY: summary } }
  const all = createReporters(['line', 'text', 'json', 'junit', 'markdown', 'csv', 'github'], context, (name, error) =>
    failures.push([name, error]),
  )
  await replay({ ...record, result, folder }, all)
  expect(failures).toEqual([])
  expect(readdirSync(folder).sort()).toEqual(['junit.xml', 'report.md', 'report.txt', 'result.json', 'summary.md', 'windows.csv'])
  // The summary is for a reviewer, the document for who plans capacity.
  expect(readFileSync(summary, 'utf8')).toMatch(/^## ❌ shop: failed/)
  expect(readFileSync(join(folder, 'report.md'), 'utf8')).toMatch(/^# Test results: shop/)
  const lines = written
    .join('')
    .split('\n')
    .filter((line) => / staircase \d/.test(line))
  // 30 seconds of load, a line every five.
  expect(lines.length).toBeGreaterThanOrEqual(5)
  expect(lines.length).toBeLessThanOrEqual(7)
  expect(lines.at(-1)).toMatch(/users \| [\d.]+\/s requests \| p50 .* ms, p95 .* ms.*target CPU/)
})

test('the live reporter falls back to lines where there is no terminal', async () => {
  const { folder, written, out } = place()
  await replay(
    { ...record, result, folder },
    createReporters(['live'], { out, err: out, env: {} }, () => undefined),
  )
  expect(written.join('')).toContain('staircase: the load begins')
  expect(written.join('')).not.toContain('\u001b')
})

test('who says nothing gets the block on a terminal, lines in a pipe or CI, and GitHub its own', () => {
  const context = (isTTY: boolean, env: Record<string, string>) => ({
    out: { isTTY, write: () => true },
    err: { write: () => true },
    env,
  })
  expect(defaultReporterNames(context(true, {}))[0]).toBe('live')
  expect(defaultReporterNames(context(true, { CI: 'true' }))[0]).toBe('line')
  expect(defaultReporterNames(context(false, {}))[0]).toBe('line')
  expect(defaultReporterNames(context(false, { GITHUB_ACTIONS: 'true' }))).toContain('github')
})

test('NO_COLOR wins over FORCE_COLOR, which wins over the terminal', () => {
  const terminal = { isTTY: true, write: () => true }
  const pipe = { write: () => true }
  expect(wantsColour(terminal, {})).toBe(true)
  expect(wantsColour(pipe, {})).toBe(false)
  expect(wantsColour(pipe, { FORCE_COLOR: '1' })).toBe(true)
  expect(wantsColour(terminal, { FORCE_COLOR: '0' })).toBe(false)
  expect(wantsColour(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false)
})
