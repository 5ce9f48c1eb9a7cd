import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Goal } from './goals.ts'
import type { Protocols } from './protocols.ts'
import type { ToolResult } from './rounds.ts'
import { goalRows, markdownTable, toolRows } from './table.ts'

const home = join(import.meta.dirname, '..')
export const resultsFile = join(home, 'results.json')
const [begin, end] = ['<!-- results: written by `npm run bench -- --write` -->', '<!-- end of results -->']

export interface Report {
  readonly at: string
  readonly machine: string
  readonly target: string
  readonly rounds: number
  readonly seconds: number
  readonly users: number
  readonly results: readonly ToolResult[]
  readonly protocols: Protocols | undefined
  readonly goals: readonly Goal[]
}

/** Puts a report between the two marks of benchmarks/README.md. */
export function writeReadme(report: Report): void {
  const file = join(home, 'README.md')
  const page = readFileSync(file, 'utf8')
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`Expected ${file} to have the marks ${begin} and ${end}`)
  writeFileSync(file, `${page.slice(0, from)}${begin}\n\n${section(report)}\n\n${page.slice(to)}`)
}

function section({ at, machine, target, rounds, seconds, users, results, protocols, goals }: Report): string {
  const failures = results.flatMap(({ name, failure }) => (failure === undefined ? [] : `* ${name}: ${failure}`))
  return [
    `${at.slice(0, 10)}; ${machine}. Target: ${target}. ${users} users, medians of ${rounds} rounds of ${seconds} s.`,
    markdownTable(toolRows(results)),
    ...(failures.length > 0 ? [`Rounds that failed:\n\n${failures.join('\n')}`] : []),
    ...(protocols?.compared ?? []).flatMap((one) => [
      `${one.title}, ${one.users} at once. Target: ${one.target}.`,
      markdownTable(toolRows(one.results, one.unit)),
    ]),
    markdownTable(goalRows(goals)),
  ].join('\n\n')
}
