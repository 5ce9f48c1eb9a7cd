import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ToolError } from '../base/errors.ts'
import { seededRandom } from '../base/random.ts'
import type { FeedSpec } from '../model/plan-spec.ts'
import type { FeedDeclaration } from './declarations.ts'
import type { FeedReader } from './feed.ts'
import { openFeed, resolveFeeds } from './feed.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

const dir = temporaryFolder()

let files = 0

function declare(text: string | undefined, more: Partial<FeedDeclaration> = {}): FeedDeclaration {
  const path = join(dir, `${files++}.txt`)
  if (text !== undefined) writeFileSync(path, text)
  return { id: 0, path, format: 'csv', pick: 'unique', whenEmpty: 'error', delimiter: ',', ...more }
}

function open(text: string, more: Partial<FeedDeclaration> = {}, worker = 0, workers = 1): FeedReader {
  const [spec] = resolveFeeds([declare(text, more)])
  return openFeed(spec as FeedSpec, { worker, workers, random: seededRandom(1) }) // one declared, one resolved
}

const ten = `n\n${Array.from({ length: 10 }, (_, i) => i).join('\n')}\n`

test('workers hand out disjoint rows, all of them', () => {
  const rows = [0, 1, 2].flatMap((worker) => {
    const feed = open(ten, {}, worker, 3)
    return Array.from({ length: worker === 0 ? 4 : 3 }, () => (feed.checkout().row as { n: string }).n) // the file's only column
  })
  expect(rows.map(Number).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a unique feed that runs out is an error with its numbers, until a row is given back', () => {
  const feed = open('a,b\n1,2\n3,4\n', {}, 0, 1)
  const first = feed.checkout()
  feed.checkout()
  expect(() => feed.checkout()).toThrow('has 2 rows, and all of them are in use')
  feed.giveBack(first.index)
  expect(feed.checkout().row).toEqual({ a: '1', b: '2' })
})

test('a feed that wraps begins again and takes no row twice back', () => {
  const feed = open('a\n1\n2\n', { whenEmpty: 'wrap' })
  const taken = Array.from({ length: 5 }, () => feed.checkout())
  expect(taken.map(({ row }) => (row as { a: string }).a)).toEqual(['1', '2', '1', '2', '1']) // the file's only column
  for (const { index } of taken) feed.giveBack(index)
  expect([feed.checkout().index, feed.checkout().index].sort()).toEqual([0, 1])
  expect(feed.checkout().index).toBe(-1)
})

test('many rows go round without being lost', () => {
  const feed = open(`n\n${Array.from({ length: 3000 }, (_, i) => i).join('\n')}\n`)
  const seen = new Set<unknown>()
  for (let i = 0; i < 9000; i++) {
    const { index, row } = feed.checkout()
    seen.add((row as { n: string }).n) // the file's only column
    feed.giveBack(index)
  }
  expect(seen.size).toBe(3000)
})

test('shared rows come in turn, random rows from the seed, JSON as it is', () => {
  const shared = open('[1,{"a":2}]', { format: 'json', pick: 'shared' })
  expect([shared.next(), shared.next(), shared.next()]).toEqual([1, { a: 2 }, 1])
  const draw = () => {
    const random = open(ten, { pick: 'random' })
    return Array.from({ length: 20 }, () => random.next())
  }
  expect(draw()).toEqual(draw())
  expect(new Set(draw().map((row) => JSON.stringify(row))).size).toBeGreaterThan(5)
})

test('CSV: byte order mark, quotes, line breaks in quotes, another delimiter; numbers stay text', () => {
  const feed = open('\uFEFFa;b\r\n"x;1";"two\nlines"\r\n', { delimiter: ';' })
  expect(feed.checkout().row).toEqual({ a: 'x;1', b: 'two\nlines' })
})

test.each<[string, string | undefined, Partial<FeedDeclaration>, RegExp]>([
  ['missing', undefined, {}, /there is no such file/],
  ['empty', '', {}, /at least one row, got an empty file/],
  ['a header only', 'a,b\n', {}, /at least one row/],
  ['a broken quote', 'a,b\n1,2\n"x,3\n', {}, /:\d+: expected CSV, got Quote Not Closed.*line 3/],
  ['a short row', 'a,b\n1,2\n3\n', {}, /:3: expected 2 values \(a, b\), got 1/],
  ['a column without name', 'a,,c\n1,2,3\n', {}, /none for column 2/],
  ['a column twice', 'a,a\n1,2\n', {}, /got `a` twice/],
  ['JSON that is none', '[1,', { format: 'json' }, /expected JSON/],
  ['JSON that is no list', '{"a":1}', { format: 'json' }, /expected a JSON list/],
])('a feed is refused: %s', (_, text, more, expected) => {
  try {
    resolveFeeds([declare(text, more)])
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    expect(error.code).toBe('FEED_INVALID')
    expect(error.message).toMatch(expected)
    return
  }
  throw new Error('expected a failure')
})

test('all unusable feeds are in one message', () => {
  expect(() => resolveFeeds([declare(''), declare('a,a\n')])).toThrow(/empty file[\s\S]*`a` twice/)
})
