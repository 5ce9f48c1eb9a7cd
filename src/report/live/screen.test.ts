import { expect, test } from 'vitest'
import { statusBlock } from './block.ts'
import { fitted, Screen } from './screen.ts'
import { bar, spark } from './spark.ts'
import { textWidth } from '../text/table.ts'
import picocolors from 'picocolors'

/** A terminal in memory: knows lines, cursor up, clear below and the cursor's visibility; enough for what we write. */
function terminal(columns: number) {
  const state = { columns, rows: 24, isTTY: true, lines: [''], visible: true, write: (text: string) => take(text) }
  function take(text: string): boolean {
    for (const part of text.split(/(\u001b\[[?\d]*[A-Za-z]|\n|\r)/)) {
      if (part === '\n') state.lines.push('')
      else if (part === '\r' || part === '\u001b[J' || part.startsWith('\u001b[?2026')) continue
      else if (part === '\u001b[?25l') state.visible = false
      else if (part === '\u001b[?25h') state.visible = true
      else if (part.endsWith('A') && part.startsWith('\u001b[')) {
        // Always together with "clear below".
        state.lines.length -= Number(part.slice(2, -1)) + 1
        state.lines.push('')
      } else state.lines.push(`${state.lines.pop() ?? ''}${part}`)
    }
    return true
  }
  return state
}

test('what others write stands above the block, in order, and the block stays whole', () => {
  const out = terminal(40)
  const err = { isTTY: true, write: (text: string) => out.write(text) }
  const screen = new Screen(out, [err])
  screen.draw([[['one']], [['two']]])
  out.write('a log line\n')
  err.write('half a ')
  screen.draw([[['three']], [['four']]])
  err.write('line\n')
  expect(out.lines).toEqual(['a log line', 'half a line', 'three', 'four', ''])
  expect(out.visible).toBe(false)
  out.write('no newline')
  screen.stop()
  screen.stop()
  expect(out.lines).toEqual(['a log line', 'half a line', 'no newline', ''])
  expect(out.visible).toBe(true)
  out.write('after')
  expect(out.lines.at(-1)).toBe('after')
})

test('a window made narrower breaks old lines: all their rows are erased', () => {
  const written: string[] = []
  const out = { columns: 40, rows: 24, isTTY: true, write: (text: string) => written.push(text) > 0 }
  const screen = new Screen(out, [])
  screen.draw([[['x'.repeat(35)]], [['short']]])
  out.columns = 20
  screen.draw([])
  screen.stop()
  expect(written.join('')).toContain('\u001b[3A')
})

test('a line is cut before it wraps, by columns and not by characters', () => {
  const cut = fitted([['ab'], ['漢字漢字']], 7)
  expect(cut).toEqual([['ab'], ['漢字…']])
  expect(cut.reduce((sum, [text]) => sum + textWidth(text), 0)).toBeLessThanOrEqual(7)
})

test('graphs run from zero to the largest value and leave gaps where nothing is known', () => {
  expect(spark([0, 1, 2, 4], 10)).toBe('▁▂▄█'.replace('▂▄', '▃▅'))
  expect(spark([1, null, 1], 3)).toBe('█ █')
  expect(spark([], 5)).toBe('')
  expect(
    spark(
      Array.from({ length: 60 }, (_, i) => i),
      20,
    ),
  ).toHaveLength(20)
  expect([bar(0, 4), bar(0.5, 4), bar(2, 4)]).toEqual(['    ', '██  ', '████'])
})

test('the block never names a control character of the plan', () => {
  const status = {
    test: 'a\u001b[2Jb',
    index: 1,
    tests: 2,
    elapsedSec: 5,
    durationSec: 10,
    phase: 'p\u0007',
    users: 3,
    rate: null,
    perSec: 10,
    p50Ms: 1,
    p95Ms: 2,
    p99Ms: null,
    work: 'requests' as const,
    done: 50,
    failed: 1,
    errorRate: 0.02,
    dropped: 2,
    targetCpu: 0.5,
    watched: [],
    targetMemory: 1e8,
    throughput: [1, 2],
    p95: [1, null],
  }
  const text = statusBlock(status, picocolors.createColors(false), 80)
    .map((line) => line.map(([piece]) => piece).join(''))
    .join('\n')

  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  expect(text).toContain('ab  1 of 2  p')
  expect(text).toContain('p99 –')
})
