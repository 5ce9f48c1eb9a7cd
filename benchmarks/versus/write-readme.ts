import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chaptersOf } from './report.ts'
import type { Chapter, Report } from './report.ts'
import { markdownTable } from './table.ts'

const [begin, end] = ['<!-- results: written by `npm run bench -- --write` -->', '<!-- end of results -->']

/** Puts a report between the two marks of benchmarks/README.md. */
export function writeReadme(report: Report): void {
  const file = join(import.meta.dirname, '..', 'README.md')
  const page = readFileSync(file, 'utf8')
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`Expected ${file} to have the marks ${begin} and ${end}`)
  const results = chaptersOf(report).map(section).join('\n\n')
  writeFileSync(file, `${page.slice(0, from)}${begin}\n\n${results}\n\n${page.slice(to)}`)
}

function section({ title, how, tables, failures }: Chapter): string {
  return [
    `### ${title}`,
    how,
    ...tables.flatMap(({ about, rows }) => [...(about === undefined ? [] : [about]), markdownTable(rows)]),
    ...(failures.length > 0 ? [`Rounds that failed:\n\n${failures.map((line) => `* ${line}`).join('\n')}`] : []),
  ].join('\n\n')
}
